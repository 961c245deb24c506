/// Cron expressions for the library's scheduler, by cron-utils. On the class path it is found by itself.
@NullMarked
package io.posthorn.cron;

import org.jspecify.annotations.NullMarked;

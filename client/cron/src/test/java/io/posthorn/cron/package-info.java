@NullMarked
package io.posthorn.cron;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.posthorn.outbox;

import org.jspecify.annotations.NullMarked;

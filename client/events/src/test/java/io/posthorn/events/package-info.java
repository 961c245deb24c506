@NullMarked
package io.posthorn.events;

import org.jspecify.annotations.NullMarked;

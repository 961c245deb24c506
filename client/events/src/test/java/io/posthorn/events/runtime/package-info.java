@NullMarked
package io.posthorn.events.runtime;

import org.jspecify.annotations.NullMarked;

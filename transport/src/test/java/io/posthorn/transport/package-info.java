@NullMarked
package io.posthorn.transport;

import org.jspecify.annotations.NullMarked;

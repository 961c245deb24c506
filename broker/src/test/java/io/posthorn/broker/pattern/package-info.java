@NullMarked
package io.posthorn.broker.pattern;

import org.jspecify.annotations.NullMarked;

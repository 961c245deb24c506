@NullMarked
package io.posthorn.examples;

import org.jspecify.annotations.NullMarked;

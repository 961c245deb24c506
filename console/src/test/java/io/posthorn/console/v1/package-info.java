@NullMarked
package io.posthorn.console.v1;

import org.jspecify.annotations.NullMarked;

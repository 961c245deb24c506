@NullMarked
package io.posthorn.json;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.posthorn.remote;

import org.jspecify.annotations.NullMarked;

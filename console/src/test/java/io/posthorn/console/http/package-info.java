@NullMarked
package io.posthorn.console.http;

import org.jspecify.annotations.NullMarked;

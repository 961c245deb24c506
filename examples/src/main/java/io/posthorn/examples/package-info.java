/// Small whole programs. Each is run by a test of the build.
@NullMarked
package io.posthorn.examples;

import org.jspecify.annotations.NullMarked;

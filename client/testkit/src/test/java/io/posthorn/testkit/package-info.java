@NullMarked
package io.posthorn.testkit;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.posthorn.server.logging;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.posthorn.server.cli;

import org.jspecify.annotations.NullMarked;

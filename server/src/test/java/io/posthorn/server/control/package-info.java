/// Tests of the control socket.
@NullMarked
package io.posthorn.server.control;

import org.jspecify.annotations.NullMarked;

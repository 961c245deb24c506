@NullMarked
package io.posthorn.protocol.amqp.wire;

import org.jspecify.annotations.NullMarked;

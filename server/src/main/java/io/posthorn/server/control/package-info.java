/// The control socket: what the broker's owner may ask on the broker's own machine and AMQP has no method for.
///
/// A Unix socket that only its owner can open; no protocol room knows of it.
@NullMarked
package io.posthorn.server.control;

import org.jspecify.annotations.NullMarked;

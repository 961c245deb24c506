/// The commands of `./posthorn`.
///
/// All but `serve` are clients: they speak AMQP to a broker, or ask its control socket, and know nothing of its
/// insides.
@NullMarked
package io.posthorn.server.cli;

import org.jspecify.annotations.NullMarked;

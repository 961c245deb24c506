/// Sockets: event loops, listeners, and what every connection needs whatever it speaks. Netty's types end here
/// and in `protocol/*`.
///
/// Knows no protocol, and nothing of broker or log.
@NullMarked
package io.posthorn.transport;

import org.jspecify.annotations.NullMarked;

/// What the connections of all protocols have in common, between a socket and a session of the broker: their passes,
/// and what is told of them.
///
/// Knows the transport and the broker's nouns; no protocol, and nothing of logs.
@NullMarked
package io.posthorn.protocol.connection;

import org.jspecify.annotations.NullMarked;

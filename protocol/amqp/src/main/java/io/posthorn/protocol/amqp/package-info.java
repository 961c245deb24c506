/// AMQP 0-9-1: connections and channels, translated to the broker's sessions, publishers and consumers.
///
/// Knows the wire (package `wire`), the transport and the broker's nouns; no other protocol, and nothing of
/// logs but the type of their bytes.
@NullMarked
package io.posthorn.protocol.amqp;

import org.jspecify.annotations.NullMarked;

/// The wire of AMQP 0-9-1: frames, methods, field tables, content headers; bytes to values and back.
///
/// Knows no connection and no state: a decoder given the same bytes gives the same values, however they were
/// split. Nothing here allocates more than in proportion to the bytes that have arrived.
@NullMarked
package io.posthorn.protocol.amqp.wire;

import org.jspecify.annotations.NullMarked;

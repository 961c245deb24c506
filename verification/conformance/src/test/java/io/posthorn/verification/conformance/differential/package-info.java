/// The same method sequences to Posthorn and to RabbitMQ, and the same answers expected.
///
/// A *script* is text: each act of a client in one line, what the broker answered indented below it. The answers in
/// `src/test/resources/differential` are RabbitMQ's, recorded by [DifferentialTest]; every build plays the acts to
/// Posthorn and compares. Knows the wire through our own codec, and nothing of the broker behind it.
@NullMarked
package io.posthorn.verification.conformance.differential;

import org.jspecify.annotations.NullMarked;

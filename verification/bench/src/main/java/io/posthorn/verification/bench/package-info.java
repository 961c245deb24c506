/// Measures the packaged server beside RabbitMQ on the same machine, and the broker's storage without a network.
///
/// What is measured is a process of its own, seen through its sockets and `/proc`; nothing here reaches into
/// the server's classes, except the backlog over the broker's own interface.
@NullMarked
package io.posthorn.verification.bench;

import org.jspecify.annotations.NullMarked;

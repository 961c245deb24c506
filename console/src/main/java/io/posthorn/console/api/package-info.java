/// The routes of RabbitMQ's management API, and what its tools read in the answers.
///
/// Knows the broker's nouns and RabbitMQ's names for them; how a request got here is of `http`.
@NullMarked
package io.posthorn.console.api;

import org.jspecify.annotations.NullMarked;

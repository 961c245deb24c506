/// Metrics in Prometheus' text format: RabbitMQ's names for what is the same, `posthorn_` for the rest.
///
/// Everything is read when it is asked for; nothing here counts or keeps.
@NullMarked
package io.posthorn.console.metrics;

import org.jspecify.annotations.NullMarked;

/// Posthorn beside Apache Kafka, loaded by Kafka's own programs. Owns the processes, the cases and what is read from
/// what those programs print.
@NullMarked
package io.posthorn.verification.bench.kafka;

import org.jspecify.annotations.NullMarked;

/// Histories: what Kafka's own clients did and saw while the server was killed under them, and a checker that reads
/// it. Owns the load, the record of it and the promises that it is held against.
@NullMarked
package io.posthorn.verification.conformance.kafka.history;

import org.jspecify.annotations.NullMarked;

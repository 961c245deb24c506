/// The Kafka protocol. Owns its requests and answers, fetch sessions and coordinators; everything that is
/// kept is the broker's. Kafka's own classes are used here and nowhere else. Must not know other protocols,
/// nor storage.
@NullMarked
package io.posthorn.protocol.kafka;

import org.jspecify.annotations.NullMarked;

package io.posthorn.protocol.kafka;

import java.time.Duration;
import java.util.Optional;

/// What an operator may decide about Kafka.
///
/// @param virtualHost whose queues, streams and topics are served
/// @param advertised where clients are told to come back to; empty for the address at which they have come
/// @param advertisedEncrypted the same for connections with TLS
/// @param autoCreateTopics whether a topic that a client asks for by name comes to be, if the client agrees
/// @param partitions how many a topic has for which nobody has said it
/// @param requestBytes the largest request
/// @param messageBytes the largest batch, where its topic says nothing else
/// @param readAhead bytes that may be read from the disk before clients ask for them, for all connections together; 0
/// for none
/// @param rebalanceDelay how long the first rebalance of an empty classic group waits for further members
public record KafkaSettings(
        String virtualHost,
        Optional<Address> advertised,
        Optional<Address> advertisedEncrypted,
        boolean autoCreateTopics,
        int partitions,
        int requestBytes,
        int messageBytes,
        int readAhead,
        Duration rebalanceDelay) {
    /// Kafka's own, but for the rebalance delay: 3 s is what everybody notices who starts a first consumer. Members
    /// that are started together come within a fraction of a second, and each one makes the wait begin again.
    public static final KafkaSettings DEFAULTS = new KafkaSettings(
            "/",
            Optional.empty(),
            Optional.empty(),
            true,
            1,
            100 * 1024 * 1024,
            1_048_588,
            32 * 1024 * 1024,
            Duration.ofMillis(250));

    /// The only node there is.
    public static final int NODE_ID = 1;

    public record Address(String host, int port) {}
}

package io.posthorn.protocol.amqp;

import java.time.Duration;

/// What an operator may decide about AMQP.
///
/// @param version the version of RabbitMQ we claim to behave like; tools branch on it
/// @param frameMax the largest frame, in bytes
/// @param channelMax how many channels a connection may open
/// @param heartbeatSeconds what we propose; the client's answer counts
/// @param handshakeTimeout how long a peer may take until its connection is open
/// @param maxMessageSize the largest body, in bytes
public record AmqpSettings(
        String version,
        int frameMax,
        int channelMax,
        int heartbeatSeconds,
        Duration handshakeTimeout,
        int maxMessageSize) {
    /// 4.2: the last whose clients and tools use transient queues as they always did.
    public static final AmqpSettings DEFAULTS =
            new AmqpSettings("4.2.0", 131_072, 2_047, 60, Duration.ofSeconds(10), 16 * 1024 * 1024);
}

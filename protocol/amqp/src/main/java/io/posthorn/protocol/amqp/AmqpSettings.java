package io.posthorn.protocol.amqp;

import java.time.Duration;

/// What an operator may decide about AMQP.
///
/// @param identity what clients are told that they speak to
/// @param initialFrameMax the largest frame of somebody who is not logged in, in bytes
/// @param frameMax the largest frame, in bytes
/// @param channelMax how many channels a connection may open
/// @param heartbeatSeconds what we propose; the client's answer counts
/// @param handshakeTimeout how long a peer may take until its connection is open
/// @param patienceWithBroker how long a close waits for the broker to delete what goes with it before it is answered
/// @param maxMessageSize the largest body, in bytes
public record AmqpSettings(
        Identity identity,
        int initialFrameMax,
        int frameMax,
        int channelMax,
        int heartbeatSeconds,
        Duration handshakeTimeout,
        Duration patienceWithBroker,
        int maxMessageSize) {
    /// 4.2: the last whose clients and tools use transient queues as they always did.
    public static final AmqpSettings DEFAULTS = new AmqpSettings(
            new Identity("RabbitMQ", "4.2.1", "from source"),
            8_192,
            131_072,
            2_047,
            60,
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            16 * 1024 * 1024);

    /// @param most how many channels a connection may open
    public AmqpSettings withChannelMax(int most) {
        return new AmqpSettings(
                identity,
                initialFrameMax,
                frameMax,
                most,
                heartbeatSeconds,
                handshakeTimeout,
                patienceWithBroker,
                maxMessageSize);
    }

    /// Client libraries and tools ask for a product and its version before they use what they need.
    ///
    /// @param product whom we behave like
    /// @param version which of its versions
    /// @param build our own version
    public record Identity(String product, String version, String build) {}
}

package io.posthorn.server;

import io.posthorn.broker.LocalBroker;
import io.posthorn.protocol.kafka.KafkaProtocol;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.server.config.ListenAddress;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.server.logging.LiveLoggers;
import io.posthorn.transport.ConnectionLimit;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;

/// The Kafka protocol behind its listeners. What it needs is loaded by the first client: a broker is ready
/// before.
record KafkaDoors(Optional<InetSocketAddress> plainAddress, Optional<InetSocketAddress> encryptedAddress) {
    private static final System.Logger LOG = System.getLogger(KafkaDoors.class.getName());

    /// @param limit how many clients of all protocols may be connected at once
    /// @throws StartFailure when a port or a certificate cannot be had that somebody has asked for
    static KafkaDoors open(
            LocalBroker broker,
            ServerConfig.Kafka config,
            Listeners listeners,
            ConnectionLimit limit,
            Executor blocking,
            InstantSource clock,
            Lifecycle lifecycle) {
        if (config.listen() instanceof ListenAddress.Off && config.encrypted() instanceof ListenAddress.Off) {
            return new KafkaDoors(Optional.empty(), Optional.empty());
        }
        var protocol = new KafkaProtocol(broker, settings(config), LiveLoggers.find(), blocking, clock);
        lifecycle.opened("what serves Kafka", protocol);
        protocol.resume();
        return new KafkaDoors(
                openPlain(config, listeners, protocol, limit),
                listeners.openEncrypted("--kafkas", config.encrypted(), protocol, limit));
    }

    // A second broker on a machine is no failure as long as nobody has said that this one is to be found there.
    private static Optional<InetSocketAddress> openPlain(
            ServerConfig.Kafka config, Listeners listeners, KafkaProtocol protocol, ConnectionLimit limit) {
        try {
            return listeners.open("--kafka", config.listen(), protocol, limit);
        } catch (StartFailure failure) {
            if (config.isChosen()) {
                throw failure;
            }
            LOG.log(Level.WARNING, "Kafka is not served: {0}", failure.getMessage());
            return Optional.empty();
        }
    }

    private static KafkaSettings settings(ServerConfig.Kafka config) {
        return new KafkaSettings(
                config.virtualHost(),
                config.advertised().map(KafkaDoors::address),
                config.advertisedEncrypted().map(KafkaDoors::address),
                config.autoCreateTopics(),
                config.partitions(),
                config.request(),
                KafkaSettings.DEFAULTS.messageBytes(),
                config.readAhead(),
                config.rebalanceDelay());
    }

    private static KafkaSettings.Address address(ListenAddress.Name name) {
        return new KafkaSettings.Address(name.host(), name.port());
    }
}

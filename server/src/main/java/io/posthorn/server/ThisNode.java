package io.posthorn.server;

import io.posthorn.broker.LocalBroker;
import io.posthorn.console.Node;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.server.config.ServerConfig.Place;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// What the console tells of the node that it is of.
final class ThisNode {
    private static final double PERCENT = 100.0;

    private ThisNode() {}

    /// May ask for the name of this machine: not on a loop.
    ///
    /// @param mostConnections how many clients may be connected at once
    static Node of(
            LocalBroker broker, ServerConfig config, Listeners listeners, int mostConnections, Instant startedAt) {
        long memory = (long) (broker.memory().limit() * config.limits().memoryPercent() / PERCENT);
        return new Node(
                "rabbit@" + host(),
                new Node.Identity("Posthorn", Build.version(), config.amqp().version()),
                startedAt,
                listeners::open,
                directory(config.place()),
                new Node.Limits(memory, config.limits().freeSpace(), mostConnections),
                listeners::certificates,
                config.http().openProbes());
    }

    // As RabbitMQ does it: the first word of the machine's name.
    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().split("\\.", 2)[0];
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static Optional<Path> directory(Place place) {
        return switch (place) {
            case Place.Memory _ -> Optional.empty();
            case Place.Directory(Path path) -> Optional.of(path.toAbsolutePath().normalize());
        };
    }
}

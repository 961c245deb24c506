package io.posthorn.console;

import io.posthorn.console.http.Access;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The node that this console is of, as its server knows it.
///
/// @param name as RabbitMQ names nodes: `rabbit@host`
/// @param listeners those that are open now
/// @param directory where messages are kept; empty for memory
/// @param certificates those that are served now
/// @param openProbes whether metrics and probes are open to everybody, and not on this machine only
public record Node(
        String name,
        Identity identity,
        Instant startedAt,
        Supplier<List<Listening>> listeners,
        Optional<Path> directory,
        Limits limits,
        Supplier<List<Expiring>> certificates,
        boolean openProbes) {

    /// Who may look at metrics and probes.
    public Access probes() {
        return openProbes ? Access.OPEN : Access.NEARBY;
    }

    /// Who this broker is, and whom it says it is to clients that ask for RabbitMQ.
    ///
    /// @param rabbitVersion the version of RabbitMQ that clients are told
    public record Identity(String product, String productVersion, String rabbitVersion) {}

    /// @param protocol as RabbitMQ names it: `amqp`, `amqp/ssl`, `http`, `https`
    public record Listening(String protocol, InetSocketAddress address, boolean encrypted) {}

    /// @param memoryBytes what may be held before publishers are stopped
    /// @param freeDiskBytes what must be free so that they are not
    /// @param connections how many clients may be connected at once
    public record Limits(long memoryBytes, long freeDiskBytes, int connections) {}

    /// A certificate, and until when it is valid.
    public record Expiring(String subject, Instant notAfter) {}
}

package io.posthorn.testkit;

import java.net.URI;

/// Where a real server listens, each on a port that was free.
///
/// @param amqp for clients of AMQP 0-9-1, with the user `guest`
/// @param kafka for clients of Kafka: `bootstrap.servers`
/// @param management of the management API, `http://127.0.0.1:PORT/api/`
public record Addresses(URI amqp, String kafka, URI management) {
    static Addresses of(int amqpPort, int kafkaPort, int managementPort) {
        return new Addresses(
                URI.create("amqp://guest:guest@127.0.0.1:" + amqpPort),
                "127.0.0.1:" + kafkaPort,
                URI.create("http://127.0.0.1:" + managementPort + "/api/"));
    }

    /// For the library, which is told where the server is managed, too.
    public String uri() {
        return amqp + "?management=http://127.0.0.1:" + managementPort();
    }

    /// Of AMQP 0-9-1, on loopback.
    public int amqpPort() {
        return amqp.getPort();
    }

    /// Of the management API, on loopback.
    public int managementPort() {
        return management.getPort();
    }
}

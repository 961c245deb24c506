package io.posthorn.testkit;

import java.net.InetSocketAddress;
import java.net.URI;

/// Where a real server listens, each on a port that was free.
///
/// @param amqp for clients of AMQP 0-9-1, with the user `guest`
/// @param management of the management API, `http://127.0.0.1:PORT/api/`
public record Addresses(URI amqp, URI management) {
    static Addresses of(InetSocketAddress amqp, InetSocketAddress management) {
        return new Addresses(
                URI.create("amqp://guest:guest@127.0.0.1:" + amqp.getPort()),
                URI.create("http://127.0.0.1:" + management.getPort() + "/api/"));
    }

    public int amqpPort() {
        return amqp.getPort();
    }

    public int managementPort() {
        return management.getPort();
    }
}

package io.posthorn.verification.conformance.management;

import com.rabbitmq.http.client.Client;
import io.posthorn.server.Server;
import java.net.MalformedURLException;
import java.net.URISyntaxException;

/// RabbitMQ's own client of the management API.
final class Hop {
    private Hop() {}

    static Client client(Server server, String user, String password) {
        int port = server.httpAddress().orElseThrow().getPort();
        try {
            return new Client("http://%s:%s@127.0.0.1:%d/api/".formatted(user, password, port));
        } catch (MalformedURLException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}

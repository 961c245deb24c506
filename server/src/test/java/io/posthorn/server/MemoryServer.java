package io.posthorn.server;

import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// A server in memory, and what is asked of it over AMQP and HTTP.
final class MemoryServer implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Server server = Server.start(ServerConfig.read(
            Map.of("--memory", "true", "--amqp", "127.0.0.1:0", "--kafka", "off", "--http", "127.0.0.1:0"),
            Map.of(),
            Optional.empty()));

    int amqpPort() {
        return server.amqpAddress().orElseThrow().getPort();
    }

    ConnectionFactory factory() {
        var factory = new ConnectionFactory();
        factory.setPort(amqpPort());
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    /// As the guest.
    HttpResponse<String> ask(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        var request = to(path).header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8)))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    /// As a stranger.
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(to(path));
    }

    private HttpRequest.Builder to(String path) {
        int port = server.httpAddress().orElseThrow().getPort();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        http.close();
        server.close();
    }
}

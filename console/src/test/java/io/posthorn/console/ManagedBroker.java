package io.posthorn.console;

import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.HttpProtocol;
import io.posthorn.console.http.HttpSettings;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.ListenException;
import io.posthorn.transport.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A broker in memory behind the whole console. Who says that they are a user, is.
public final class ManagedBroker implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final Node NODE = new Node(
            "rabbit@localhost",
            new Node.Identity("Posthorn", "test", "4.2.1"),
            Instant.EPOCH,
            List::of,
            Optional.empty(),
            new Node.Limits(1_000_000_000, 0, 100),
            List::of,
            false);

    private final MemoryBroker broker = new MemoryBroker();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final EventLoops loops = EventLoops.start(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Listener listener;

    public ManagedBroker() throws ListenException {
        var protocol = new HttpProtocol(
                () -> Console.routes(broker.broker(), NODE, new PlainForm(), InstantSource.system()),
                (authorization, _) -> caller(String.valueOf(authorization).substring("Basic ".length())),
                HttpSettings.DEFAULTS,
                blocking);
        listener = Listener.open(
                loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), protocol, new ConnectionLimit(50));
    }

    private Actor caller(String name) {
        var user = broker.topology().user(name);
        if (user == null) {
            throw HttpFailure.notAuthorised("Login failed");
        }
        return new Actor(new Principal(name, user.tags()), "a test");
    }

    public Topology topology() {
        return broker.topology();
    }

    /// What was answered.
    public record Answered(int status, String body, HttpResponse<String> response) {
        public JsonNode json() {
            return MAPPER.readTree(body);
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    public Answered get(String path) {
        return ask("guest", "GET", path, "");
    }

    public Answered put(String path, String body) {
        return ask("guest", "PUT", path, body);
    }

    public Answered post(String path, String body) {
        return ask("guest", "POST", path, body);
    }

    public Answered delete(String path) {
        return ask("guest", "DELETE", path, "");
    }

    public Answered ask(String user, String method, String path, String body) {
        return ask(user, method, path, "application/json", body);
    }

    public Answered ask(String user, String method, String path, String type, String body) {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + listener.address().getPort() + path))
                .header("Authorization", "Basic " + user)
                .header("Content-Type", type)
                .timeout(Duration.ofSeconds(30))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try {
            var response = client.send(request, BodyHandlers.ofString());
            return new Answered(response.statusCode(), response.body(), response);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(method + " " + path, e);
        }
    }

    @Override
    public void close() {
        client.close();
        listener.stop("the test is over", Duration.ofSeconds(5));
        loops.close();
        blocking.close();
        broker.close();
    }
}

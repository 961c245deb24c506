package io.posthorn.console.http;

import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.ListenException;
import io.posthorn.transport.Listener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A server of some routes on a free port. Who says `Basic` and a tag is a user with that tag.
final class TestServer implements AutoCloseable {
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final EventLoops loops = EventLoops.start(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Listener listener;

    TestServer(HttpSettings settings, Route... routes) throws ListenException {
        var protocol = new HttpProtocol(
                () -> new RouteTable(List.of(routes)),
                (authorization, _) -> {
                    if (authorization == null) {
                        throw HttpFailure.loginWanted();
                    }
                    return new Actor(new Principal("someone", Set.of(authorization.substring(6))), "a test");
                },
                settings,
                blocking);
        listener = Listener.open(
                loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), protocol, new ConnectionLimit(50));
    }

    Listener listener() {
        return listener;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.address().getPort() + path);
    }

    HttpResponse<String> ask(String method, String path, String body) throws IOException, InterruptedException {
        return ask(HttpRequest.newBuilder(uri(path))
                .header("Authorization", "Basic administrator")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return ask(HttpRequest.newBuilder(uri(path)).header("Authorization", "Basic administrator"));
    }

    HttpResponse<String> ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /// Sends octets as they are, and reads until the server closes the connection.
    String exchange(String octets) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return readAll(socket.getInputStream());
        }
    }

    Socket connect() throws IOException {
        var socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    static String readAll(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        in.transferTo(bytes);
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        client.close();
        listener.stop("the test is over", Duration.ofSeconds(5));
        loops.close();
        blocking.close();
    }
}

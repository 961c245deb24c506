package io.posthorn.verification.conformance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.console.Console;
import io.posthorn.console.MessageForm;
import io.posthorn.console.Node;
import io.posthorn.console.http.Route;
import io.posthorn.log.Bytes;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Every route of the management API, asked by somebody with each tag.
final class HttpAccessTest {
    private static final List<String> TAGS =
            List.of("none", "management", "policymaker", "monitoring", "administrator");
    private static final String NOBODY = "";

    private static Server server;
    private static List<Route> routes;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        server = Server.start(ServerConfig.read(
                Map.of("--memory", "true", "--amqp", "127.0.0.1:0", "--kafka", "off", "--http", "127.0.0.1:0"),
                Map.of(),
                Optional.empty()));
        var node = new Node(
                "rabbit@localhost",
                new Node.Identity("Posthorn", "test", "4.2.1"),
                Instant.EPOCH,
                List::of,
                Optional.empty(),
                new Node.Limits(1, 0, 1),
                List::of,
                false);
        routes = Console.routes(server.broker(), node, new NoForm(), InstantSource.system())
                .routes();
        var changes = new ArrayList<AdminChange>();
        for (String tag : TAGS) {
            changes.add(new AdminChange.PutUser(new UserSpec(tag, Principals.CREDENTIAL, Set.of(tag))));
            changes.add(new AdminChange.SetPermissions(tag, "/", PermissionPatterns.EVERYTHING));
        }
        new Principals(server.broker()).decide(changes);
    }

    /// Of this table only the entries are looked at.
    private static final class NoForm implements MessageForm {
        @Override
        public Message message(
                String exchange, String routingKey, Arguments properties, Bytes body, Principal publisher) {
            throw new UnsupportedOperationException("nobody asks this table");
        }

        @Override
        public Arguments properties(Delivery delivery) {
            throw new UnsupportedOperationException("nobody asks this table");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyRouteAnswersThoseOnlyWhoHaveTheTag() throws Exception {
        Map<String, String> least = least();
        for (Route route : routes) {
            String name = route.verb() + " " + route.path();
            assertThat(least).as("a route stands in http-routes.txt").containsKey(name);
            String needed = least.getOrDefault(name, "");
            assertThat(isAllowed(ask(route, NOBODY)))
                    .as("%s, asked by nobody", name)
                    .isEqualTo(needed.equals("open") || needed.equals("nearby"));
            for (String tag : TAGS) {
                HttpResponse<String> answer = ask(route, tag);
                assertThat(isAllowed(answer))
                        .as("%s, asked with the tag %s: %s", name, tag, answer.body())
                        .isEqualTo(suffices(tag, needed));
                assertThat(answer.statusCode()).as(name).isNotEqualTo(500);
            }
        }
    }

    private static boolean suffices(String tag, String needed) {
        return switch (needed) {
            case "open", "nearby" -> true;
            case "management" -> !tag.equals("none");
            default -> tag.equals(needed) || tag.equals("administrator");
        };
    }

    /// That a tag suffices does not mean that everything is one's own.
    private static boolean isAllowed(HttpResponse<String> answer) {
        return answer.statusCode() != 401
                || answer.body().contains("User not authorised to access virtual host")
                || (answer.body().contains("User not authorised to access object") && !isAboutPolicies(answer));
    }

    /// RabbitMQ says the same of who may make no policies at all.
    private static boolean isAboutPolicies(HttpResponse<String> answer) {
        String path = answer.request().uri().getRawPath();
        return path.contains("/policies/") || path.contains("parameters");
    }

    private static HttpResponse<String> ask(Route route, String user) throws Exception {
        int port = server.httpAddress().orElseThrow().getPort();
        String host = route.verb().name().equals("GET") ? "%2F" : "nowhere";
        String path = route.path().replace("{vhost}", host).replaceAll("\\{[^}]*}", "missing");
        var body = Set.of("PUT", "POST").contains(route.verb().name())
                ? HttpRequest.BodyPublishers.ofString("{}")
                : HttpRequest.BodyPublishers.noBody();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(route.verb().name(), body)
                .header("content-type", "application/json");
        if (!user.equals(NOBODY)) {
            String login = user + ":" + Principals.PASSWORD;
            request.header(
                    "authorization",
                    "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Map<String, String> least() {
        try (var in = HttpAccessTest.class.getResourceAsStream("/access/http-routes.txt")) {
            var least = new TreeMap<String, String>();
            new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> {
                        int end = line.lastIndexOf(' ');
                        least.put(line.substring(0, end), line.substring(end + 1));
                    });
            return least;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

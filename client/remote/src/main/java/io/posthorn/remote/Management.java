package io.posthorn.remote;

import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link.Delayed;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A Posthorn's management API: what AMQP has no words for. Thread-safe; calls block.
final class Management {
    /// What it takes this API for.
    static final Set<Capability> CAPABILITIES = EnumSet.of(Capability.PEEK, Capability.REMOVE, Capability.SCHEDULES);

    private static final int USUAL_PORT = 15_672;
    private static final int PAGE = 500;
    private static final int WHOLE_BODY = Integer.MAX_VALUE;
    private static final int FOUND = 200;
    private static final int DONE = 204;
    private static final int NOT_FOUND = 404;
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final @Nullable URI base;
    private final String login;
    private final String virtualHost;
    private final String server;
    private volatile boolean hasAnswered;

    /// No thread runs before it is first asked.
    private static final class Client {
        static final HttpClient HTTP =
                HttpClient.newBuilder().connectTimeout(CONNECT).build();
    }

    private Management(@Nullable URI base, String login, String virtualHost, String server) {
        this.base = base;
        this.login = login;
        this.virtualHost = virtualHost;
        this.server = server;
    }

    /// Where nothing is said it is at its usual port if AMQP is, too: at another there may be another broker. And
    /// not where AMQP is encrypted, since the password is not for everybody on the way.
    static Management of(RemoteUri uri, ConnectionFactory factory, String server) {
        URI told = uri.management();
        boolean isUsual = !factory.isSSL() && factory.getPort() == ConnectionFactory.DEFAULT_AMQP_PORT;
        URI usual = isUsual ? URI.create("http://" + factory.getHost() + ":" + USUAL_PORT) : null;
        URI base = told == null ? usual : told;
        String login = factory.getUsername() + ":" + factory.getPassword();
        return new Management(
                base,
                "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)),
                encoded(factory.getVirtualHost()),
                server);
    }

    /// Whether it is there, and lets this user in. It is asked until it once says yes.
    boolean answers() {
        if (!hasAnswered && base != null) {
            try {
                hasAnswered = send("GET", "/api/whoami").statusCode() == FOUND;
            } catch (EventsException.Unreachable away) {
                return false;
            }
        }
        return hasAnswered;
    }

    List<Incoming> peek(String queue, int most) {
        var found = new ArrayList<Incoming>();
        String from = "0";
        while (from != null && found.size() < most) {
            JsonNode page = messages(queue, from, Math.min(PAGE, most - found.size()), WHOLE_BODY);
            page.get("messages").forEach(message -> found.add(ManagedMessage.incoming(queue, message)));
            from = next(page);
        }
        return found;
    }

    boolean remove(String queue, String id) {
        String from = "0";
        while (from != null) {
            JsonNode page = messages(queue, from, PAGE, 0);
            for (JsonNode message : page.get("messages")) {
                if (ManagedMessage.id(message).equals(id)
                        && delete("/queues/" + encoded(queue) + "/messages/"
                                + message.get("id").asString())) {
                    return true;
                }
            }
            from = next(page);
        }
        return false;
    }

    private JsonNode messages(String queue, String from, int limit, int body) {
        return get("/queues/%s/messages?from=%s&limit=%d&body=%d".formatted(encoded(queue), from, limit, body));
    }

    List<Delayed> delayed(String exchange) {
        var all = new ArrayList<Delayed>();
        String path = "/exchanges/" + encoded(exchange) + "/delayed?limit=" + PAGE;
        String from = "";
        while (from != null) {
            JsonNode page = get(from.isEmpty() ? path : path + "&from=" + encoded(from));
            page.get("messages")
                    .forEach(message -> all.add(new Delayed(
                            Long.parseLong(message.get("id").asString()),
                            message.get("routing_key").asString(),
                            Instant.parse(message.get("due_at").asString()))));
            from = next(page);
        }
        return all;
    }

    boolean cancel(String exchange, long id) {
        return delete("/exchanges/" + encoded(exchange) + "/delayed/" + id);
    }

    private static @Nullable String next(JsonNode page) {
        JsonNode next = page.get("next");
        return next == null || next.isNull() ? null : next.asString();
    }

    private JsonNode get(String path) {
        HttpResponse<String> response = send("GET", path(path));
        if (response.statusCode() != FOUND) {
            throw refused(response);
        }
        return JSON.readTree(response.body());
    }

    private boolean delete(String path) {
        HttpResponse<String> response = send("DELETE", path(path));
        if (response.statusCode() != DONE && response.statusCode() != NOT_FOUND) {
            throw refused(response);
        }
        return response.statusCode() == DONE;
    }

    private String path(String path) {
        return "/v1/vhosts/" + virtualHost + path;
    }

    private EventsException refused(HttpResponse<String> response) {
        return new EventsException.Refused(
                "the management API of %s at %s answers %d: %s"
                        .formatted(server, base, response.statusCode(), response.body()),
                null);
    }

    private HttpResponse<String> send(String method, String path) {
        URI place = base;
        if (place == null) {
            throw new EventsException.Unreachable(
                    "where " + server + " is managed is not known; say it: ?management=http://host:port", null);
        }
        var request = HttpRequest.newBuilder(place.resolve(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", login)
                .timeout(PATIENCE)
                .build();
        try {
            return Client.HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new EventsException.Unreachable(
                    "the management API of %s does not answer at %s; say where it is: ?management=http://host:port (%s)"
                            .formatted(server, base, e),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EventsException.Unreachable("interrupted while asking " + base, e);
        }
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

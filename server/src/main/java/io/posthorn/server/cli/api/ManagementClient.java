package io.posthorn.server.cli.api;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks one broker, one question after the other on one connection. Of one thread.
public final class ManagementClient implements AutoCloseable {
    public static final Duration USUAL_PATIENCE = Duration.ofSeconds(60);

    private final Endpoint endpoint;
    private final Duration patience;
    private @Nullable HttpConnection connection;

    public ManagementClient(Endpoint endpoint, Duration patience) {
        this.endpoint = endpoint;
        this.patience = patience;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /// @param path encoded: [Paths]
    /// @throws ApiException when the broker says no
    public Json get(String path) {
        return checked(send("GET", path, null)).json();
    }

    /// Empty, where there is nothing.
    public Optional<Json> find(String path) {
        Answer answer = send("GET", path, null);
        return answer.status() == 404
                ? Optional.empty()
                : Optional.of(checked(answer).json());
    }

    /// @return whether it is new
    public boolean put(String path, Json body) {
        return checked(send("PUT", path, body.write())).status() == 201;
    }

    public Json post(String path, Json body) {
        return checked(send("POST", path, body.write())).json();
    }

    public void delete(String path) {
        checked(send("DELETE", path, null));
    }

    /// @param reason told to whom it concerns
    public void delete(String path, String reason) {
        checked(send("DELETE", path, null, Map.of("X-Reason", reason)));
    }

    /// As the broker answers, whatever that is.
    ///
    /// @throws ApiException.Unreachable when it does not
    public Answer send(String method, String path, @Nullable String body) {
        return send(method, path, body, Map.of());
    }

    private Answer send(String method, String path, @Nullable String body, Map<String, String> headers) {
        HttpConnection kept = connection;
        connection = null;
        if (kept != null) {
            // A server may have closed an idle connection; only what changes nothing is asked a second time.
            try {
                return exchange(kept, method, path, body, headers);
            } catch (IOException e) {
                kept.close();
                if (!method.equals("GET") || kept.hasExpired()) {
                    throw broken(kept, e);
                }
            }
        }
        HttpConnection opened = HttpConnection.open(endpoint, patience);
        try {
            return exchange(opened, method, path, body, headers);
        } catch (IOException e) {
            opened.close();
            throw broken(opened, e);
        }
    }

    private Answer exchange(
            HttpConnection on, String method, String path, @Nullable String body, Map<String, String> headers)
            throws IOException {
        Answer answer = on.exchange(method, path, body, headers);
        if (on.isReusable()) {
            connection = on;
        } else {
            on.close();
        }
        return answer;
    }

    private ApiException broken(HttpConnection on, IOException e) {
        return new ApiException.Unreachable(
                on.hasExpired()
                        ? "%s did not answer within %d s. It may be busy; --timeout waits longer."
                                .formatted(endpoint.name(), patience.toSeconds())
                        : "the connection to %s broke: %s. Is the broker still running?"
                                .formatted(endpoint.name(), message(e)));
    }

    private Answer checked(Answer answer) {
        if (answer.isOk()) {
            return answer;
        }
        String reason = answer.reason();
        String said = "the broker said: %s."
                .formatted(
                        reason.isEmpty()
                                ? "status " + answer.status()
                                : reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason);
        throw switch (answer.status()) {
            case 401 ->
                new ApiException.NotAllowed(
                        "%s refused the user name or password, or the user has no tag that allows this. Put them into the URL: --url http://USER:PASSWORD@%s"
                                .formatted(endpoint.name(), endpoint.name()));
            case 403 -> new ApiException.NotAllowed(said);
            case 404 -> new ApiException.NotFound(said);
            case 503 -> new ApiException.Unreachable(said);
            default -> new ApiException.Refused(answer.status(), said);
        };
    }

    static String message(Throwable thrown) {
        return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.close();
        }
    }
}

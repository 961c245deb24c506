package io.posthorn.server.cli.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Where a broker answers, by a URL that a user has written.
public final class Endpoints {
    public static final int USUAL_AMQP_PORT = 5672;

    private static final String VARIABLE = "POSTHORN_URL";
    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");

    private Endpoints() {}

    /// What the environment says, if it says anything.
    public static Optional<String> environment() {
        return Optional.ofNullable(System.getenv(VARIABLE)).filter(url -> !url.isBlank());
    }

    public static Optional<Endpoint> ofEnvironment() {
        return environment().map(Endpoints::parse).map(Endpoints::of);
    }

    /// @throws ApiException.Unreachable when it is none
    public static URI parse(String text) {
        try {
            var uri = new URI(text);
            if (uri.getHost() == null) {
                throw new URISyntaxException(text, "it has no host");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new ApiException.Unreachable(
                    "'%s' is no URL of a broker (%s). Write it like http://guest:guest@127.0.0.1:15672."
                            .formatted(text, e.getReason()));
        }
    }

    /// @throws ApiException.Unreachable when nobody can be asked there
    public static Endpoint of(URI uri) {
        return switch (uri.getScheme()) {
            case "http", "https" -> {
                String[] user = (uri.getRawUserInfo() == null ? "guest:guest" : uri.getRawUserInfo()).split(":", 2);
                yield new Endpoint.Remote(uri, decode(user[0]), user.length > 1 ? decode(user[1]) : "");
            }
            case "amqp" -> {
                if (!LOOPBACK.contains(uri.getHost())) {
                    throw new ApiException.Unreachable(
                            "%s is another machine: its broker is asked with http://USER:PASSWORD@%s:15672."
                                    .formatted(uri.getHost(), uri.getHost()));
                }
                yield new Endpoint.Local(uri.getPort() < 0 ? USUAL_AMQP_PORT : uri.getPort());
            }
            case null, default ->
                throw new ApiException.Unreachable(
                        "'%s' is no URL of a broker: it begins with http:, https: or amqp:.".formatted(uri));
        };
    }

    /// A part of a URL, in which `+` means itself.
    public static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}

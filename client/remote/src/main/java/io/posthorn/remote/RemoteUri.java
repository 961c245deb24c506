package io.posthorn.remote;

import io.posthorn.events.EventsException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What an AMQP URI says to this library, and what it says to the AMQP client.
///
/// @param amqp without what is ours
/// @param management where the server is managed; null when that is not said
record RemoteUri(String amqp, @Nullable URI management) {
    private static final String MANAGEMENT = "management=";

    static RemoteUri of(String uri) {
        int question = uri.indexOf('?');
        if (question < 0) {
            return new RemoteUri(uri, null);
        }
        var others = new StringBuilder();
        URI management = null;
        for (String parameter : uri.substring(question + 1).split("&", -1)) {
            if (parameter.startsWith(MANAGEMENT)) {
                management = management(parameter.substring(MANAGEMENT.length()));
            } else {
                others.append(others.isEmpty() ? "?" : "&").append(parameter);
            }
        }
        return new RemoteUri(uri.substring(0, question) + others, management);
    }

    private static URI management(String text) {
        try {
            URI uri = URI.create(URLDecoder.decode(text, StandardCharsets.UTF_8));
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException malformed) {
            // said below
        }
        // It may have a password in it, and is not shown.
        throw new EventsException.WrongUri(
                "what is behind management= is no address of a management API; write ?management=http://host:15672");
    }
}

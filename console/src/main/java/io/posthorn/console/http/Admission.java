package io.posthorn.console.http;

import io.posthorn.broker.admin.Actor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request that may come in, whose body is still to be read.
///
/// @param caller null at a route that is open to anybody
record Admission(
        RouteTable.Match match,
        Map<String, String> query,
        @Nullable Actor caller) {
    int bodyLimit(HttpSettings settings) {
        return caller == null ? settings.openBodyBytes() : settings.bodyBytes();
    }

    Request request(RequestHead head, byte[] body) {
        return new Request(match, head.rawPath(), query, head.headers(), caller, body);
    }
}

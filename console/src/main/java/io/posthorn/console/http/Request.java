package io.posthorn.console.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.posthorn.broker.admin.Actor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One request that was let in. Immutable, but for its body, which is read as JSON once.
public final class Request {
    private final Route route;
    private final String rawPath;
    private final Map<String, String> variables;
    private final Map<String, String> query;
    private final HttpHeaders headers;
    private final @Nullable Actor caller;
    private final byte[] body;

    Request(
            RouteTable.Match match,
            String rawPath,
            Map<String, String> query,
            HttpHeaders headers,
            @Nullable Actor caller,
            byte[] body) {
        this.route = match.route();
        this.variables = match.variables();
        this.rawPath = rawPath;
        this.query = query;
        this.headers = headers;
        this.caller = caller;
        this.body = body;
    }

    public Route route() {
        return route;
    }

    /// As it was sent, without the query: what a `Location` is built upon.
    public String rawPath() {
        return rawPath;
    }

    boolean hasCaller() {
        return caller != null;
    }

    /// Who asks, and from where.
    ///
    /// @throws IllegalStateException at an open route, which asks nobody
    public Actor caller() {
        if (caller == null) {
            throw new IllegalStateException(route.path() + " is open to anybody");
        }
        return caller;
    }

    /// A segment of the path, decoded.
    ///
    /// @param name as the route's template has it
    public String segment(String name) {
        String segment = variables.get(name);
        if (segment == null) {
            throw new IllegalArgumentException("no {" + name + "} in " + route.path());
        }
        return segment;
    }

    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    public Set<String> queryNames() {
        return query.keySet();
    }

    /// Whether a parameter of the query says so.
    public boolean flag(String name) {
        return "true".equals(query.get(name));
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /// The body; not to be changed.
    public byte[] body() {
        return body;
    }

    /// The body as a JSON object; an empty one when there is no body.
    ///
    /// @throws HttpFailure when it is none
    public ObjectNode json() {
        return Json.parseObject(body);
    }

    /// The body as any JSON value.
    ///
    /// @throws HttpFailure when it is none
    public JsonNode jsonValue() {
        return Json.parse(body);
    }
}

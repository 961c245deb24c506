package io.posthorn.console.http;

import java.util.Optional;

/// What a request wants of a resource. HEAD is answered as GET is, without the body; OPTIONS by the server itself.
public enum Verb {
    GET,
    PUT,
    POST,
    DELETE;

    /// @param method as it stands in a request
    static Optional<Verb> of(String method) {
        return switch (method) {
            case "GET", "HEAD" -> Optional.of(GET);
            case "PUT" -> Optional.of(PUT);
            case "POST" -> Optional.of(POST);
            case "DELETE" -> Optional.of(DELETE);
            default -> Optional.empty();
        };
    }
}

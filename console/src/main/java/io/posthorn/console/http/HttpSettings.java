package io.posthorn.console.http;

import java.time.Duration;

/// How much a caller may ask of the server.
///
/// @param headBytes a request line, and all headers together, each at most
/// @param bodyBytes a body at most
/// @param openBodyBytes a body at a route that needs no login
/// @param allBodyBytes all bodies together that are arriving or being answered
/// @param atOnce requests answered at once; more wait
/// @param idle how long a connection may be without a whole request
/// @param stalled how long a peer may take nothing of an answer, or send nothing of a body
/// @param leastBodyRate bytes a second that a body arrives with at least
public record HttpSettings(
        int headBytes,
        int bodyBytes,
        int openBodyBytes,
        long allBodyBytes,
        int atOnce,
        Duration idle,
        Duration stalled,
        int leastBodyRate) {
    public static final HttpSettings DEFAULTS = new HttpSettings(
            8 * 1024,
            16 * 1024 * 1024,
            64 * 1024,
            64L * 1024 * 1024,
            32,
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            16 * 1024);

    /// @param bodyLimit a body at most
    public HttpSettings withBodyBytes(int bodyLimit) {
        return new HttpSettings(
                headBytes,
                bodyLimit,
                openBodyBytes,
                Math.max(allBodyBytes, 4L * bodyLimit),
                atOnce,
                idle,
                stalled,
                leastBodyRate);
    }
}

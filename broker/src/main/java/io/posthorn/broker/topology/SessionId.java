package io.posthorn.broker.topology;

/// Names one session while the broker runs: the owner of an exclusive queue.
public record SessionId(long value) {
    /// No session: an operator, who owns nothing.
    static final SessionId NOBODY = new SessionId(0);
}

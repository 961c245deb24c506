package io.posthorn.log;

/// Names one log, for ever: an id is never given to a second log, so that a stale route finds nothing.
///
/// @param value positive
public record LogId(long value) {
    public LogId {
        if (value <= 0) {
            throw new IllegalArgumentException("log ids are positive: " + value);
        }
    }
}

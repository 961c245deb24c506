package io.posthorn.events;

/// Turns values into bytes and back. Found on the class path as a service, or given to [PosthornBuilder#codec].
/// Thread-safe.
public interface Codec {
    /// What the bytes are, as a media type: `application/json`.
    String contentType();

    boolean takes(Class<?> type);

    /// @throws RuntimeException when the value cannot be encoded; the caller wraps it
    byte[] encode(Object value);

    /// @throws RuntimeException when the bytes are no such value; the caller wraps it
    <T> T decode(byte[] bytes, Class<T> type);
}

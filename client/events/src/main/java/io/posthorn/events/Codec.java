package io.posthorn.events;

/// Turns values into bytes and back. Found on the class path as a service, or given to [PosthornBuilder#codec].
/// Thread-safe.
public interface Codec {
    /// What the bytes are, as a media type: `application/json`.
    String contentType();

    /// Whether values of this type are for it; asked once for each type.
    boolean takes(Class<?> type);

    /// Whether it takes whatever there is, and so is asked behind those who know a type better.
    default boolean isGeneral() {
        return false;
    }

    /// Whether a type above an event's own is machinery of this encoding, and says nothing of what the event is.
    default boolean isMachinery(Class<?> type) {
        return false;
    }

    /// Of a value that it takes.
    ///
    /// @throws RuntimeException when the value cannot be encoded; the caller wraps it
    byte[] encode(Object value);

    /// Of bytes that this content type was said of, or nothing.
    ///
    /// @throws RuntimeException when the bytes are no such value; the caller wraps it
    <T> T decode(byte[] bytes, Class<T> type);
}

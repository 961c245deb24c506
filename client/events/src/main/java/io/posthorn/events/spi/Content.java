package io.posthorn.events.spi;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a message says, wherever it goes.
///
/// @param timestamp milliseconds since the epoch
/// @param common headers that many messages have
/// @param headers those of this message, behind the common ones
@SuppressWarnings("ArrayRecordComponent") // never compared, and the bytes are the codec's
public record Content(
        String id,
        @Nullable String contentType,
        @Nullable String key,
        long timestamp,
        CommonHeaders common,
        Map<String, String> headers,
        byte[] body) {
    /// What has no headers but its own.
    public Content(
            String id,
            @Nullable String contentType,
            @Nullable String key,
            long timestamp,
            Map<String, String> headers,
            byte[] body) {
        this(id, contentType, key, timestamp, CommonHeaders.NONE, headers, body);
    }

    /// The same message, with something else in it.
    Content containing(@Nullable String dataType, Map<String, String> newHeaders, byte[] data) {
        return new Content(id, dataType, key, timestamp, newHeaders, data);
    }

    /// The common ones, and its own.
    public Map<String, String> allHeaders() {
        return common.with(headers);
    }
}

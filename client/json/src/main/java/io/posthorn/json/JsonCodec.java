package io.posthorn.json;

import io.posthorn.events.Codec;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON (RFC 8259) in UTF-8, by Jackson. Thread-safe.
///
/// What a reader does not know it passes over, so that publishers may say more than they used to.
public final class JsonCodec implements Codec {
    private final JsonMapper mapper;

    /// For the service loader.
    public JsonCodec() {
        this(JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build());
    }

    /// With a mapper of the application's.
    ///
    /// @param mapper as the application configures it. Default typing, which names classes, is not for what
    /// comes off a wire
    public JsonCodec(JsonMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public boolean takes(Class<?> type) {
        return true;
    }

    @Override
    public boolean isGeneral() {
        return true;
    }

    @Override
    public byte[] encode(Object value) {
        return mapper.writeValueAsBytes(value);
    }

    @Override
    public <T> T decode(byte[] bytes, Class<T> type) {
        T value = mapper.readValue(bytes, type);
        if (value == null) {
            throw new IllegalArgumentException("it is null");
        }
        return value;
    }
}

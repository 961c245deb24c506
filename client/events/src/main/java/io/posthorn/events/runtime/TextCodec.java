package io.posthorn.events.runtime;

import io.posthorn.events.Codec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Text in UTF-8.
enum TextCodec implements Codec {
    INSTANCE;

    @Override
    public String contentType() {
        return "text/plain; charset=utf-8";
    }

    @Override
    public boolean takes(Class<?> type) {
        return type == String.class;
    }

    @Override
    public byte[] encode(Object value) {
        return ((String) value).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public <T> T decode(byte[] bytes, Class<T> type) {
        try {
            return type.cast(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("it is no text in UTF-8", e);
        }
    }
}

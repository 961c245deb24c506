package io.posthorn.events.runtime;

import io.posthorn.events.Codec;

/// Bytes as they are.
enum BytesCodec implements Codec {
    INSTANCE;

    @Override
    public String contentType() {
        return "application/octet-stream";
    }

    @Override
    public boolean takes(Class<?> type) {
        return type == byte[].class;
    }

    @Override
    public byte[] encode(Object value) {
        return (byte[]) value;
    }

    @Override
    public <T> T decode(byte[] bytes, Class<T> type) {
        return type.cast(bytes);
    }
}

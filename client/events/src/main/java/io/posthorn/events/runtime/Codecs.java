package io.posthorn.events.runtime;

import io.posthorn.events.Codec;
import io.posthorn.events.EventsException;
import java.util.ArrayList;
import java.util.List;

/// The codecs in the order they are asked. Immutable.
final class Codecs {
    private final List<Codec> codecs;

    Codecs(List<Codec> given) {
        var all = new ArrayList<>(given);
        all.add(TextCodec.INSTANCE);
        all.add(BytesCodec.INSTANCE);
        codecs = List.copyOf(all);
    }

    /// @throws EventsException.BadMessage when none takes the type
    Codec of(Class<?> type) {
        // Text and bytes are what they are: a codec of objects would put quotes around them.
        if (type == String.class) {
            return TextCodec.INSTANCE;
        }
        if (type == byte[].class) {
            return BytesCodec.INSTANCE;
        }
        for (Codec codec : codecs) {
            if (codec.takes(type)) {
                return codec;
            }
        }
        throw new EventsException.BadMessage(
                "no codec takes " + type.getName()
                        + ": add posthorn-client-json to the class path, or a codec of your own to the builder",
                null);
    }

    static byte[] encode(Codec codec, Object value) {
        try {
            return codec.encode(value);
        } catch (RuntimeException e) {
            throw new EventsException.BadMessage(
                    "a " + value.getClass().getName() + " cannot be encoded as " + codec.contentType() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    static <T> T decode(Codec codec, byte[] body, Class<T> type) {
        try {
            return codec.decode(body, type);
        } catch (RuntimeException e) {
            throw new EventsException.BadMessage(
                    "a message cannot be decoded as " + type.getName() + ": " + e.getMessage(), e);
        }
    }
}

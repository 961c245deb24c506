package io.posthorn.events.runtime;

import io.posthorn.events.Codec;
import io.posthorn.events.EventsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The codecs in the order they are asked. Immutable.
final class Codecs {
    /// What a null is answered with, wherever a value is sent.
    static final String NO_NULL = "null cannot be sent, since nobody could tell what it is:"
            + " send a value that says so, such as a record without fields";

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

    /// Whether what a codec throws is of the value, and comes with it each time: so is an error of its own, a class
    /// that cannot be loaded, and a value that has no end. What is of the machine is not.
    static boolean isOfTheValue(Throwable failure) {
        return !(failure instanceof VirtualMachineError) || failure instanceof StackOverflowError;
    }

    /// @throws EventsException.BadMessage for whatever is of the value
    static byte[] encode(Codec codec, Object value) {
        Objects.requireNonNull(value, NO_NULL);
        try {
            return codec.encode(value);
        } catch (RuntimeException | Error e) {
            if (!isOfTheValue(e)) {
                throw e;
            }
            throw new EventsException.BadMessage(
                    "a " + value.getClass().getName() + " cannot be encoded as " + codec.contentType() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    static <T> T decode(Codec codec, byte[] body, Class<T> type) {
        T value;
        try {
            value = codec.decode(body, type);
        } catch (RuntimeException | Error e) {
            if (!isOfTheValue(e)) {
                throw e;
            }
            throw new EventsException.BadMessage(
                    "a message cannot be decoded as " + type.getName() + ": " + e.getMessage(), e);
        }
        if (value == null) { // JSON has a word for it
            throw new EventsException.BadMessage("a message says null, and is no " + type.getName(), null);
        }
        return value;
    }
}

package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Turns short strings into `String`s, the same bytes into the same object most of the time: exchanges and
/// routing keys come with every message, and are few. One per thread.
final class ShortStrings {
    private static final FastThreadLocal<ShortStrings> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected ShortStrings initialValue() {
            return new ShortStrings();
        }
    };

    private static final int SLOTS = 1024;
    private static final int LONGEST = 255;

    private final byte[] scratch = new byte[LONGEST];
    private final byte[] @Nullable [] bytes = new byte[SLOTS][];
    private final @Nullable String[] strings = new @Nullable String[SLOTS];

    static ShortStrings ofThread() {
        return OF_THREAD.get();
    }

    String read(ByteBuf in, int length) {
        if (length == 0) {
            return "";
        }
        in.readBytes(scratch, 0, length);
        int slot = slot(length);
        byte[] known = bytes[slot];
        String string = strings[slot];
        if (known != null && string != null && Arrays.equals(known, 0, known.length, scratch, 0, length)) {
            return string;
        }
        string = Utf8.strict(scratch, 0, length);
        bytes[slot] = Arrays.copyOf(scratch, length);
        strings[slot] = string;
        return string;
    }

    private int slot(int length) {
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + scratch[i];
        }
        return (hash ^ hash >>> 10 ^ hash >>> 20) & (SLOTS - 1);
    }
}

package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Turns short strings into `String`s and back, the same bytes into the same object most of the time: exchanges,
/// routing keys and consumer tags come with every message, and are few. One per thread.
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
    private final byte[] @Nullable [] written = new byte[SLOTS][];
    private final @Nullable String[] writtenStrings = new @Nullable String[SLOTS];

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

    /// How a short string lies on the wire, its length in front. Not to be written to.
    ///
    /// @throws IllegalArgumentException when it is longer than 255 bytes of UTF-8
    byte[] bytesOf(String string) {
        int slot = slotOf(string.hashCode());
        byte[] known = written[slot];
        if (known != null && string.equals(writtenStrings[slot])) {
            return known;
        }
        byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > LONGEST) {
            throw new IllegalArgumentException("a short string of " + utf8.length + " bytes");
        }
        byte[] wire = new byte[utf8.length + 1];
        wire[0] = (byte) utf8.length;
        System.arraycopy(utf8, 0, wire, 1, utf8.length);
        written[slot] = wire;
        writtenStrings[slot] = string;
        return wire;
    }

    private int slot(int length) {
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + scratch[i];
        }
        return slotOf(hash);
    }

    private static int slotOf(int hash) {
        return (hash ^ hash >>> 10 ^ hash >>> 20) & (SLOTS - 1);
    }
}

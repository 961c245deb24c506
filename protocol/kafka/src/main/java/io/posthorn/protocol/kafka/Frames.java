package io.posthorn.protocol.kafka;

import io.netty.buffer.ByteBuf;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Cuts what arrives into requests: four bytes of length, and so many more. A peer that announces much and
/// sends little takes no more memory than twice what it has sent. Confined to the thread of its connection.
final class Frames {
    private static final int LENGTH_BYTES = 4;
    private static final byte[] NONE = {};

    private final Deque<ByteBuf> arrived = new ArrayDeque<>();
    private int most;
    private int lengthBytesRead;
    private int length;
    private byte[] frame = NONE;
    private int filled;

    /// @param most the longest request taken
    Frames(int most) {
        this.most = most;
    }

    /// Where the bytes cannot be requests.
    static final class Unreadable extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    /// From the next request on.
    void limit(int newMost) {
        most = newMost;
    }

    void add(ByteBuf bytes) {
        arrived.add(bytes);
    }

    /// The next whole request, in an array of its own; null until there is one.
    ///
    /// @throws Unreadable when there will never be one
    @Nullable
    ByteBuffer next() {
        for (ByteBuf bytes = arrived.peek(); bytes != null; bytes = arrived.peek()) {
            if (take(bytes)) {
                var whole = ByteBuffer.wrap(frame, 0, length);
                frame = NONE;
                filled = 0;
                lengthBytesRead = 0;
                length = 0;
                return whole;
            }
            arrived.remove().release();
        }
        return null;
    }

    // Whether a request is complete; otherwise all the bytes are used up.
    private boolean take(ByteBuf bytes) {
        while (lengthBytesRead < LENGTH_BYTES) {
            if (!bytes.isReadable()) {
                return false;
            }
            length = length << 8 | bytes.readUnsignedByte();
            lengthBytesRead++;
            if (lengthBytesRead == LENGTH_BYTES && (length < 0 || length > most)) {
                throw new Unreadable("a request of " + length + " bytes, and " + most + " are the most");
            }
        }
        int more = Math.min(bytes.readableBytes(), length - filled);
        makeRoom(filled + more);
        bytes.readBytes(frame, filled, more);
        filled += more;
        return filled == length;
    }

    private void makeRoom(int needed) {
        if (needed > frame.length) {
            frame = Arrays.copyOf(frame, (int) Math.min(length, Math.max(needed, 2L * frame.length)));
        }
    }

    /// Bytes that are held here.
    long held() {
        long held = frame.length;
        for (ByteBuf bytes : arrived) {
            held += bytes.readableBytes();
        }
        return held;
    }

    void release() {
        frame = NONE;
        arrived.forEach(ByteBuf::release);
        arrived.clear();
    }
}

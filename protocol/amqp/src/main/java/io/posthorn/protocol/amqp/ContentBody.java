package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import io.posthorn.log.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Puts a body together that may come in many frames. Never allocates much more than what has come.
final class ContentBody {
    private byte @Nullable [] array;
    private int size;
    private int came;

    void begin(int announced) {
        size = announced;
        came = 0;
        array = null;
    }

    /// Forgets what has come of a body that will not be whole.
    void abandon() {
        begin(0);
    }

    /// Bytes of memory that the unfinished body takes.
    int held() {
        return array == null ? 0 : array.length;
    }

    int missing() {
        return size - came;
    }

    /// @param scratch where a body that fits in one frame is put; it is valid until the next one
    /// @return the whole body when this was its last frame
    @Nullable
    Bytes add(ByteBuf frame, Scratch scratch) {
        int length = frame.readableBytes();
        byte[] target = length == size ? scratch.array(size) : grown(came + length);
        frame.readBytes(target, came, length);
        came += length;
        if (came < size) {
            return null;
        }
        array = null;
        return new Bytes(target, 0, size);
    }

    private byte[] grown(int needed) {
        byte[] current = array;
        if (current == null || current.length < needed) {
            int capacity = (int) Math.min(size, Math.max(needed, needed * 2L));
            current = current == null ? new byte[capacity] : Arrays.copyOf(current, capacity);
            array = current;
        }
        return current;
    }

    /// An array that one body after the other is read into. One per thread: no connection uses it for longer than
    /// one frame.
    static final class Scratch {
        private static final FastThreadLocal<Scratch> OF_THREAD = new FastThreadLocal<>() {
            @Override
            protected Scratch initialValue() {
                return new Scratch();
            }
        };

        private byte[] array = new byte[1024];

        static Scratch ofThread() {
            return OF_THREAD.get();
        }

        byte[] array(int size) {
            if (array.length < size) {
                array = new byte[Math.max(size, array.length * 2)];
            }
            return array;
        }
    }
}

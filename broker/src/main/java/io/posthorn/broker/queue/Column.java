package io.posthorn.broker.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A short list of numbers that are not negative, in 1, 2 or 4 bytes each, as the largest needs; in none while all
/// are the same.
final class Column {
    private static final VarHandle CHARS = MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.nativeOrder());
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final byte[] NONE = {};
    private static final int LEAST = 16;

    private byte[] bytes = NONE;
    private int width;
    private int same;

    int get(int index) {
        return switch (width) {
            case 0 -> same;
            case 1 -> bytes[index] & 0xFF;
            case 2 -> (char) CHARS.get(bytes, 2 * index);
            default -> (int) INTS.get(bytes, 4 * index);
        };
    }

    /// Sets a number, or adds one behind the last.
    ///
    /// @param count how many there are
    void set(int index, int value, int count) {
        if (width == 0) {
            if (count == 0 || (count == 1 && index == 0)) {
                same = value;
            }
            if (value == same) {
                return;
            }
        }
        widen(value, count);
        if (bytes.length < (index + 1) * width) {
            bytes = Arrays.copyOf(bytes, Math.max(LEAST, bytes.length * 2));
        }
        put(index, value);
    }

    private void widen(int value, int count) {
        int needed = widthOf(width == 0 ? Math.max(value, same) : value);
        if (needed <= width) {
            return;
        }
        var wider = new Column();
        wider.width = needed;
        wider.bytes = new byte[Math.max(LEAST, Integer.highestOneBit(Math.max(1, count * needed - 1)) * 2)];
        for (int i = 0; i < count; i++) {
            wider.put(i, get(i));
        }
        width = needed;
        bytes = wider.bytes;
    }

    private void put(int index, int value) {
        switch (width) {
            case 1 -> bytes[index] = (byte) value;
            case 2 -> CHARS.set(bytes, 2 * index, (char) value);
            default -> INTS.set(bytes, 4 * index, value);
        }
    }

    private static int widthOf(int value) {
        if (value <= 0xFF) {
            return 1;
        }
        return value <= 0xFFFF ? 2 : 4;
    }
}

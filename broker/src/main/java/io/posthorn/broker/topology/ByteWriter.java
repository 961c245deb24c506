package io.posthorn.broker.topology;

import io.posthorn.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/// Writes the compact form of changes: numbers in groups of seven bits, texts with their length before them.
final class ByteWriter {
    private byte[] array = new byte[128];
    private int size;

    void octet(int value) {
        ensureRoom(1);
        array[size++] = (byte) value;
    }

    void flag(boolean value) {
        octet(value ? 1 : 0);
    }

    /// Of any sign; small numbers are short.
    void number(long value) {
        ensureRoom(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            array[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[size++] = (byte) rest;
    }

    void text(String text) {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    void texts(Collection<String> texts) {
        number(texts.size());
        texts.forEach(this::text);
    }

    void bytes(byte[] bytes) {
        number(bytes.length);
        append(bytes, bytes.length);
    }

    void append(ByteWriter other) {
        append(other.array, other.size);
    }

    int size() {
        return size;
    }

    Bytes toBytes() {
        return new Bytes(Arrays.copyOf(array, size));
    }

    private void append(byte[] source, int length) {
        ensureRoom(length);
        System.arraycopy(source, 0, array, size, length);
        size += length;
    }

    private void ensureRoom(int more) {
        int needed = Math.addExact(size, more);
        if (needed > array.length) {
            array = Arrays.copyOf(array, Math.max(needed, array.length * 2));
        }
    }
}

package io.posthorn.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// A range of a heap array that nobody writes any more: the one type of bytes in the log and the broker.
///
/// Heap arrays, and not `MemorySegment`, because the codecs loop over single bytes, where one monomorphic
/// array access is the fastest and simplest that the JVM offers; see `docs/adr/0002-record-format-and-bytes.md`.
///
/// @param array the backing array; not copied, not to be written
/// @param offset index of the first byte
/// @param length number of bytes
@SuppressWarnings("ArrayRecordComponent") // the point of this type; equality is by content, see below
public record Bytes(byte[] array, int offset, int length) {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    public Bytes {
        Objects.checkFromIndexSize(offset, length, array.length);
    }

    public Bytes(byte[] array) {
        this(array, 0, array.length);
    }

    public static Bytes utf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte get(int index) {
        return array[offset + Objects.checkIndex(index, length)];
    }

    public Bytes slice(int from, int size) {
        Objects.checkFromIndexSize(from, size, length);
        return new Bytes(array, offset + from, size);
    }

    /// A copy in an array of its own, for whoever keeps the bytes longer than their owner promises.
    public Bytes copy() {
        return new Bytes(toByteArray());
    }

    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    public String toUtf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && length == that.length
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return length + " bytes";
    }
}

package io.posthorn.broker.message;

import io.posthorn.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Numbers and texts in few bytes, for the broker's own record headers: numbers, which are never negative, in
/// groups of seven bits, low ones first; texts with their length before them.
final class Packed {
    private Packed() {}

    static final class Writer {
        private byte[] array = new byte[64];
        private int size;

        void number(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                octet((int) (rest | 0x80));
                rest >>>= 7;
            }
            octet((int) rest);
        }

        void text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            number(bytes.length);
            ensureRoom(bytes.length);
            System.arraycopy(bytes, 0, array, size, bytes.length);
            size += bytes.length;
        }

        void texts(List<String> texts) {
            number(texts.size());
            texts.forEach(this::text);
        }

        Bytes toBytes() {
            return new Bytes(Arrays.copyOf(array, size));
        }

        private void octet(int value) {
            ensureRoom(1);
            array[size++] = (byte) value;
        }

        private void ensureRoom(int more) {
            if (array.length - size < more) {
                array = Arrays.copyOf(array, Math.max(array.length * 2, size + more));
            }
        }
    }

    static final class Reader {
        private final Bytes bytes;
        private int at;

        Reader(Bytes bytes) {
            this.bytes = bytes;
        }

        long number() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                byte octet = bytes.get(at++);
                value |= (octet & 0x7FL) << shift;
                if (octet >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("a number of more than 64 bits");
        }

        String text() {
            int length = count();
            String text = bytes.slice(at, length).toUtf8();
            at += length;
            return text;
        }

        List<String> texts() {
            int count = count();
            var texts = new ArrayList<String>(count);
            for (int i = 0; i < count; i++) {
                texts.add(text());
            }
            return List.copyOf(texts);
        }

        /// A number of things, each of which takes a byte at least.
        int count() {
            long count = number();
            if (count < 0 || count > bytes.length() - at) {
                throw new IllegalArgumentException("there cannot be " + count + " of them here");
            }
            return (int) count;
        }
    }
}

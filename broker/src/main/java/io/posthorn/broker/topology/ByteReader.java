package io.posthorn.broker.topology;

import io.posthorn.log.Bytes;
import java.util.ArrayList;
import java.util.List;

/// Reads what [ByteWriter] wrote.
///
/// @throws IllegalArgumentException when the bytes are something else
final class ByteReader {
    private final Bytes bytes;
    private int position;

    ByteReader(Bytes bytes) {
        this.bytes = bytes;
    }

    boolean hasMore() {
        return position < bytes.length();
    }

    int octet() {
        return take(1).get(0) & 0xFF;
    }

    boolean flag() {
        return octet() != 0;
    }

    long number() {
        long raw = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int octet = octet();
            raw |= (octet & 0x7FL) << shift;
            if (octet < 0x80) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new IllegalArgumentException("a number of more than 64 bits");
    }

    /// A number of things, each of which takes a byte at least.
    int count() {
        long count = number();
        if (count < 0 || count > bytes.length() - position) {
            throw new IllegalArgumentException("there cannot be " + count + " of them here");
        }
        return (int) count;
    }

    String text() {
        return bytes().toUtf8();
    }

    List<String> texts() {
        int count = count();
        var texts = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            texts.add(text());
        }
        return texts;
    }

    Bytes bytes() {
        return take(count());
    }

    private Bytes take(int length) {
        if (length > bytes.length() - position) {
            throw new IllegalArgumentException("the bytes end too early");
        }
        var taken = bytes.slice(position, length);
        position += length;
        return taken;
    }
}

package io.posthorn.log;

/// Zig-zag variable-length integers, as records use them (Protocol Buffers' `sint32` and `sint64`).
final class Varint {
    private Varint() {}

    static int size(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        return zigzag == 0 ? 1 : (63 - Long.numberOfLeadingZeros(zigzag)) / 7 + 1;
    }

    /// Writes the value and returns the index behind it.
    static int put(byte[] target, int at, long value) {
        long rest = (value << 1) ^ (value >> 63);
        int index = at;
        while ((rest & ~0x7FL) != 0) {
            target[index++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[index++] = (byte) rest;
        return index;
    }
}

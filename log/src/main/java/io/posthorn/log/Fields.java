package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// Bytes behind their length, as keys, values and headers stand in a record; null has the length -1.
final class Fields {
    private Fields() {}

    static int size(@Nullable Bytes field) {
        return field == null ? 1 : Varint.size(field.length()) + field.length();
    }

    /// @return the index behind it
    static int put(byte[] target, int start, @Nullable Bytes field) {
        if (field == null) {
            return Varint.put(target, start, -1);
        }
        int at = Varint.put(target, start, field.length());
        System.arraycopy(field.array(), field.offset(), target, at, field.length());
        return at + field.length();
    }
}

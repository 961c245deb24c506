package io.posthorn.protocol.amqp;

import io.posthorn.log.Bytes;

/// Whether bytes that a record has under our name are properties of AMQP: whoever appends whole batches may
/// have written anything there, and it goes to the wire as it is. Follows the lengths and allocates nothing.
final class PropertyBytes {
    /// Kinds of properties, in their order: short strings, a table, octets, a time.
    private static final String KINDS = "ssToosssstssss";

    private static final int DEEPEST = 16;
    private static final int MALFORMED = -1;

    private final byte[] array;
    private final int end;

    private PropertyBytes(Bytes bytes) {
        this.array = bytes.array();
        this.end = bytes.offset() + bytes.length();
    }

    static boolean areSound(Bytes bytes) {
        return bytes.length() >= 2 && new PropertyBytes(bytes).walk(bytes.offset());
    }

    private boolean walk(int start) {
        int flags = (array[start] & 0xFF) << 8 | (array[start + 1] & 0xFF);
        int at = start + 2;
        for (int i = 0; i < KINDS.length() && at != MALFORMED; i++) {
            if ((flags & 0x8000 >>> i) != 0) {
                at = property(KINDS.charAt(i), at);
            }
        }
        return (flags & 3) == 0 && at == end;
    }

    private int property(char kind, int at) {
        return switch (kind) {
            case 's' -> shortString(at, end);
            case 'T' -> table(at, end, 1);
            case 'o' -> skip(at, 1, end);
            default -> skip(at, 8, end);
        };
    }

    /// @return where it ends
    private int skip(int at, long length, int limit) {
        return length < 0 || length > limit - at ? MALFORMED : at + (int) length;
    }

    private int shortString(int at, int limit) {
        return at >= limit ? MALFORMED : skip(at + 1, array[at] & 0xFF, limit);
    }

    private int longString(int at, int limit) {
        return limit - at < 4 ? MALFORMED : skip(at + 4, length(at), limit);
    }

    private long length(int at) {
        return (array[at] & 0xFFL) << 24
                | (array[at + 1] & 0xFFL) << 16
                | (array[at + 2] & 0xFFL) << 8
                | (array[at + 3] & 0xFFL);
    }

    private int table(int start, int limit, int depth) {
        int tableEnd = longString(start, limit);
        if (tableEnd == MALFORMED || depth > DEEPEST) {
            return MALFORMED;
        }
        int at = start + 4;
        while (at != MALFORMED && at < tableEnd) {
            at = shortString(at, tableEnd);
            at = at == MALFORMED ? MALFORMED : value(at, tableEnd, depth);
        }
        return at == MALFORMED ? MALFORMED : tableEnd;
    }

    private int array(int start, int limit, int depth) {
        int arrayEnd = longString(start, limit);
        if (arrayEnd == MALFORMED || depth > DEEPEST) {
            return MALFORMED;
        }
        int at = start + 4;
        while (at != MALFORMED && at < arrayEnd) {
            at = value(at, arrayEnd, depth);
        }
        return at == MALFORMED ? MALFORMED : arrayEnd;
    }

    private int value(int at, int limit, int depth) {
        if (at >= limit) {
            return MALFORMED;
        }
        int behind = at + 1;
        return switch (array[at]) {
            case 'V' -> behind;
            case 't', 'b', 'B' -> skip(behind, 1, limit);
            case 's', 'u' -> skip(behind, 2, limit);
            case 'I', 'i', 'f' -> skip(behind, 4, limit);
            case 'D' -> skip(behind, 5, limit);
            case 'l', 'L', 'd', 'T' -> skip(behind, 8, limit);
            case 'S', 'x' -> longString(behind, limit);
            case 'F' -> table(behind, limit, depth + 1);
            case 'A' -> array(behind, limit, depth + 1);
            default -> MALFORMED;
        };
    }
}

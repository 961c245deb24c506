package io.posthorn.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Walks over the records of one batch. Parses each record once, and allocates nothing but what is asked for.
///
/// A malformed record is reported by an `IllegalArgumentException`, whatever method finds it.
public final class RecordCursor {
    private final byte[] array;
    private final int end;
    private final long baseOffset;
    private final long baseTimestamp;
    private final int count;
    private final int firstRecord;
    private final boolean hasLeaderEpoch;

    private int passed;
    private int position;
    private int recordStart;
    private int recordEnd;
    private int offsetStart;
    private long offset;
    private long timestamp;
    private int keyStart;
    private int keyLength;
    private int valueStart;
    private int valueLength;
    private int headerCount;
    private int headersStart;

    RecordCursor(RecordBatch batch) {
        Bytes bytes = batch.bytes();
        array = bytes.array();
        end = bytes.offset() + bytes.length();
        baseOffset = batch.baseOffset();
        baseTimestamp = batch.baseTimestamp();
        count = batch.count();
        hasLeaderEpoch = batch.hasLeaderEpoch();
        firstRecord = bytes.offset() + RecordBatch.HEADER_SIZE;
        recordEnd = firstRecord;
    }

    /// Moves to the next record; false behind the last.
    public boolean next() {
        if (passed == count) {
            return false;
        }
        passed++;
        recordStart = recordEnd;
        position = recordStart;
        recordEnd = end;
        int length = varint();
        if (length < 0 || length > end - position) {
            throw malformed("its length is " + length);
        }
        recordEnd = position + length;
        position++; // the attributes of a record are unused
        timestamp = baseTimestamp + varlong();
        offsetStart = position;
        offset = baseOffset + varint();
        keyLength = varint();
        keyStart = skip(keyLength);
        valueLength = varint();
        valueStart = skip(valueLength);
        headerCount = varint();
        if (headerCount < 0 || headerCount > recordEnd - position) {
            throw malformed("it has " + headerCount + " headers");
        }
        headersStart = position;
        return true;
    }

    /// Moves to a record, back or forth, without looking into those in between.
    ///
    /// @param index of the record in the batch, from 0
    /// @return false when the batch has fewer
    public boolean moveTo(int index) {
        if (index < passed) {
            passed = 0;
            recordEnd = firstRecord;
        }
        while (passed < index && passed < count) {
            skip();
        }
        return next();
    }

    private void skip() {
        passed++;
        position = recordEnd;
        recordEnd = end;
        int length = varint();
        if (length < 0 || length > end - position) {
            throw malformed("its length is " + length);
        }
        recordEnd = position + length;
    }

    public long offset() {
        return offset;
    }

    public long timestamp() {
        return timestamp;
    }

    public @Nullable Bytes key() {
        return keyLength < 0 ? null : new Bytes(array, keyStart, keyLength);
    }

    public @Nullable Bytes value() {
        return valueLength < 0 ? null : new Bytes(array, valueStart, valueLength);
    }

    /// Size of the record, its length included.
    public int sizeInBytes() {
        return recordEnd - recordStart;
    }

    /// Writes the record with another distance to its batch's base timestamp.
    ///
    /// @return the index behind it
    int copy(byte[] target, int at, long timestampDelta) {
        int rest = recordEnd - offsetStart;
        int next = Varint.put(target, at, 1 + Varint.size(timestampDelta) + rest);
        target[next++] = 0;
        next = Varint.put(target, next, timestampDelta);
        System.arraycopy(array, offsetStart, target, next, rest);
        return next + rest;
    }

    public int headerCount() {
        return headerCount;
    }

    /// As [RecordBatch#hasLeaderEpoch].
    public boolean hasLeaderEpoch() {
        return hasLeaderEpoch;
    }

    /// The headers, in order, in the bytes of the record.
    public EncodedHeaders headers() {
        if (headerCount == 0) {
            return EncodedHeaders.NONE;
        }
        position = headersStart;
        for (int i = 0; i < headerCount; i++) {
            int nameLength = varint();
            if (nameLength < 0) {
                throw malformed("a header has no name");
            }
            skip(nameLength);
            skip(varint());
        }
        return new EncodedHeaders(headerCount, new Bytes(array, headersStart, position - headersStart));
    }

    /// As [#headers], without walking over them, where they are laid out like others; null where they are not.
    public @Nullable EncodedHeaders headersLaidOutAs(EncodedHeaders others) {
        int length = recordEnd - headersStart;
        return headerCount == others.size()
                        && length == others.bytes().length()
                        && others.areLaidOutAs(array, headersStart)
                ? new EncodedHeaders(headerCount, new Bytes(array, headersStart, length))
                : null;
    }

    /// The value of the first header of this name; null when there is none (or its value is null).
    public @Nullable Bytes header(Bytes name) {
        return header(name, headerCount);
    }

    /// The value of the first of all headers, when it has this name; null when not (or its value is null).
    public @Nullable Bytes firstHeader(Bytes name) {
        return header(name, Math.min(headerCount, 1));
    }

    private @Nullable Bytes header(Bytes name, int most) {
        position = headersStart;
        for (int i = 0; i < most; i++) {
            int nameLength = varint();
            int nameStart = skip(nameLength);
            int length = varint();
            int start = skip(length);
            if (nameLength == name.length()
                    && Arrays.equals(
                            array,
                            nameStart,
                            nameStart + nameLength,
                            name.array(),
                            name.offset(),
                            name.offset() + nameLength)) {
                return length < 0 ? null : new Bytes(array, start, length);
            }
        }
        return null;
    }

    private int skip(int length) {
        if (length < -1 || length > recordEnd - position) {
            throw malformed("a field of " + length + " bytes");
        }
        int start = position;
        position += Math.max(length, 0);
        return start;
    }

    private int varint() {
        if (position < recordEnd && array[position] >= 0) {
            byte small = array[position++]; // as nearly all are
            return (small >>> 1) ^ -(small & 1);
        }
        long value = varlong();
        if (value != (int) value) {
            throw malformed("a number beyond 32 bits");
        }
        return (int) value;
    }

    private long varlong() {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (position >= recordEnd) {
                throw malformed("it ends inside a number");
            }
            byte b = array[position++];
            raw |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw malformed("a number beyond 64 bits");
    }

    private IllegalArgumentException malformed(String what) {
        return new IllegalArgumentException("record " + (passed - 1) + " of " + count + " is malformed: " + what);
    }
}

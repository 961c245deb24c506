package io.posthorn.log;

import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The bytes of a [Frame]; drawn in `docs/storage-format.md`.
///
/// ```
/// 0   int32  CRC-32C of everything behind it but what a batch's own checksum covers
/// 4   int32  length of the frame, these bytes included
/// 8   int8   kind
/// 9   int8   0
/// 10  int16  machine, else 0
/// 12  int64  log, else 0
/// 20  body
/// ```
/// A batch's own checksum begins at its attributes, and leaves out its base offset and length: the frame's
/// covers these, so that together they cover every byte once.
final class FrameCodec {
    static final int HEADER_SIZE = 20;
    static final int TARGET_SIZE = 2 * Long.BYTES;
    static final int BOUNDS_SIZE = 3 * Long.BYTES;

    private static final int CRC = 0;
    private static final int LENGTH = 4;
    private static final int KIND = 8;
    private static final int MACHINE = 10;
    private static final int LOG = 12;

    private static final byte BATCH = 1;
    private static final byte FANOUT = 2;
    private static final byte TRIM = 3;
    private static final byte DROP = 4;
    private static final byte STATE = 5;
    private static final byte SNAPSHOT_BEGIN = 6;
    private static final byte SNAPSHOT_CHUNK = 7;
    private static final byte LOG_STARTS = 8;
    private static final byte SNAPSHOT_END = 9;
    private static final byte FOOTER = 10;

    private FrameCodec() {}

    static int batchSize(RecordBatch batch) {
        return HEADER_SIZE + batch.sizeInBytes();
    }

    static int fanoutSize(int targets, RecordBatch batch) {
        return Math.addExact(HEADER_SIZE + Integer.BYTES + batch.sizeInBytes(), targets * TARGET_SIZE);
    }

    static int putBatch(byte[] array, int at, long log, long baseOffset, RecordBatch batch) {
        int size = batchSize(batch);
        putHeader(array, at, size, BATCH, 0, log);
        copy(batch.bytes(), array, at + HEADER_SIZE);
        RecordBatch.assignBaseOffset(array, at + HEADER_SIZE, baseOffset);
        return seal(array, at, HEADER_SIZE + RecordBatch.ATTRIBUTES, size);
    }

    /// @param targets pairs of log and base offset
    static int putFanout(byte[] array, int at, long[] targets, RecordBatch batch) {
        int count = targets.length / 2;
        int size = fanoutSize(count, batch);
        putHeader(array, at, size, FANOUT, 0, 0);
        RecordBatch.INTS.set(array, at + HEADER_SIZE, count);
        int target = at + HEADER_SIZE + Integer.BYTES;
        for (long value : targets) {
            RecordBatch.LONGS.set(array, target, value);
            target += Long.BYTES;
        }
        copy(batch.bytes(), array, target);
        RecordBatch.assignBaseOffset(array, target, 0);
        return seal(array, at, target - at + RecordBatch.ATTRIBUTES, size);
    }

    static int trimSize() {
        return HEADER_SIZE + Long.BYTES;
    }

    static int putTrim(byte[] array, int at, long log, long offset) {
        putHeader(array, at, trimSize(), TRIM, 0, log);
        RecordBatch.LONGS.set(array, at + HEADER_SIZE, offset);
        return seal(array, at, trimSize(), trimSize());
    }

    static int putDrop(byte[] array, int at, long log) {
        putHeader(array, at, HEADER_SIZE, DROP, 0, log);
        return seal(array, at, HEADER_SIZE, HEADER_SIZE);
    }

    static int bodySize(Bytes body) {
        return Math.addExact(HEADER_SIZE, body.length());
    }

    static int putState(byte[] array, int at, int machine, Bytes event) {
        return putBody(array, at, STATE, machine, event);
    }

    static int putSnapshotBegin(byte[] array, int at) {
        return putBody(array, at, SNAPSHOT_BEGIN, 0, Bytes.EMPTY);
    }

    static int putSnapshotChunk(byte[] array, int at, int machine, Bytes chunk) {
        return putBody(array, at, SNAPSHOT_CHUNK, machine, chunk);
    }

    static int putLogStarts(byte[] array, int at, Bytes bounds) {
        return putBody(array, at, LOG_STARTS, 0, bounds);
    }

    static int putSnapshotEnd(byte[] array, int at, long begin) {
        int size = HEADER_SIZE + Long.BYTES;
        putHeader(array, at, size, SNAPSHOT_END, 0, 0);
        RecordBatch.LONGS.set(array, at + HEADER_SIZE, begin);
        return seal(array, at, size, size);
    }

    static int putFooter(byte[] array, int at, Bytes index) {
        return putBody(array, at, FOOTER, 0, index);
    }

    private static int putBody(byte[] array, int at, byte kind, int machine, Bytes body) {
        int size = bodySize(body);
        putHeader(array, at, size, kind, machine, 0);
        copy(body, array, at + HEADER_SIZE);
        return seal(array, at, size, size);
    }

    private static void putHeader(byte[] array, int at, int size, byte kind, int machine, long log) {
        RecordBatch.INTS.set(array, at + LENGTH, size);
        array[at + KIND] = kind;
        array[at + KIND + 1] = 0;
        RecordBatch.SHORTS.set(array, at + MACHINE, (short) machine);
        RecordBatch.LONGS.set(array, at + LOG, log);
    }

    private static void copy(Bytes from, byte[] array, int at) {
        System.arraycopy(from.array(), from.offset(), array, at, from.length());
    }

    private static int seal(byte[] array, int at, int checked, int size) {
        RecordBatch.INTS.set(array, at + CRC, checksum(array, at, checked));
        return size;
    }

    private static int checksum(byte[] array, int at, int checked) {
        var crc = new CRC32C();
        crc.update(array, at + LENGTH, checked - LENGTH);
        return (int) crc.getValue();
    }

    /// Length of the frame that begins here, as it says itself; -1 when that cannot be.
    static int length(byte[] array, int at, int limit) {
        if (limit - at < HEADER_SIZE) {
            return -1;
        }
        int length = int32(array, at + LENGTH);
        return length < HEADER_SIZE ? -1 : length;
    }

    /// The whole frame that begins here, checked but for the checksum of a batch; null when there is none.
    /// Shares the bytes.
    static @Nullable Frame decode(byte[] array, int at, int limit) {
        int length = length(array, at, limit);
        if (length < 0 || length > limit - at) {
            return null;
        }
        int body = length - HEADER_SIZE;
        byte kind = array[at + KIND];
        int checked = checkedPart(array, at, kind, length);
        if (checked < 0 || checksum(array, at, checked) != int32(array, at + CRC)) {
            return null;
        }
        long log = (long) RecordBatch.LONGS.get(array, at + LOG);
        int machine = (short) RecordBatch.SHORTS.get(array, at + MACHINE);
        var bytes = new Bytes(array, at + HEADER_SIZE, body);
        return switch (kind) {
            case BATCH -> batch(log, bytes);
            case FANOUT -> fanout(bytes);
            case TRIM -> body == Long.BYTES && log > 0 ? new Frame.Trim(log, int64(bytes, 0)) : null;
            case DROP -> log > 0 ? new Frame.Drop(log) : null;
            case STATE -> new Frame.State(machine, bytes);
            case SNAPSHOT_BEGIN -> new Frame.SnapshotBegin();
            case SNAPSHOT_CHUNK -> new Frame.SnapshotChunk(machine, bytes);
            case LOG_STARTS -> body % BOUNDS_SIZE == 0 ? new Frame.LogStarts(bytes) : null;
            case SNAPSHOT_END -> body == Long.BYTES ? new Frame.SnapshotEnd(int64(bytes, 0)) : null;
            case FOOTER -> new Frame.Footer(bytes);
            default -> null;
        };
    }

    /// Bytes from the frame's begin that its checksum covers; -1 when they cannot be there.
    private static int checkedPart(byte[] array, int at, byte kind, int length) {
        long checked = switch (kind) {
            case BATCH -> HEADER_SIZE + RecordBatch.ATTRIBUTES;
            case FANOUT ->
                length < HEADER_SIZE + Integer.BYTES
                        ? -1
                        : HEADER_SIZE
                                + Integer.BYTES
                                + (long) int32(array, at + HEADER_SIZE) * TARGET_SIZE
                                + RecordBatch.ATTRIBUTES;
            default -> length;
        };
        return checked < HEADER_SIZE || checked > length ? -1 : (int) checked;
    }

    private static @Nullable Frame batch(long log, Bytes body) {
        RecordBatch batch = batchOrNull(body);
        return batch == null || log <= 0 || batch.baseOffset() < 0 ? null : new Frame.Batch(log, batch);
    }

    private static @Nullable Frame fanout(Bytes body) {
        int targets = int32(body.array(), body.offset()) * TARGET_SIZE;
        int batchStart = Integer.BYTES + targets;
        RecordBatch batch = batchOrNull(body.slice(batchStart, body.length() - batchStart));
        return batch == null ? null : new Frame.Fanout(body.slice(Integer.BYTES, targets), batch);
    }

    private static @Nullable RecordBatch batchOrNull(Bytes bytes) {
        try {
            return RecordBatch.of(bytes);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /// The log's batch in the frame that begins here, which this process has written and nothing has touched
    /// since: nothing is checked. Shares the bytes, except of a fan-out.
    static RecordBatch batchAt(byte[] array, int at, LogId log) {
        int length = int32(array, at + LENGTH);
        if (array[at + KIND] == BATCH) {
            return RecordBatch.of(new Bytes(array, at + HEADER_SIZE, length - HEADER_SIZE));
        }
        if (fanout(new Bytes(array, at + HEADER_SIZE, length - HEADER_SIZE)) instanceof Frame.Fanout frame) {
            RecordBatch copy = frame.batchFor(log);
            if (copy != null) {
                return copy;
            }
        }
        throw new IllegalStateException("the frame has no batch of " + log);
    }

    // ---- Frames of which only the head is there: the bytes up to the batch's first record

    /// How many bytes are before the batch of the frame that begins so; -1 when it has none.
    static long bytesBeforeBatch(byte[] head) {
        return switch (head[KIND]) {
            case BATCH -> HEADER_SIZE;
            case FANOUT -> HEADER_SIZE + Integer.BYTES + TARGET_SIZE * (long) int32(head, HEADER_SIZE);
            default -> -1;
        };
    }

    /// The length of the frame; -1 when this cannot be a frame's head. The batch's own checksum is still to be checked.
    ///
    /// @param before bytes before its batch
    static int length(byte[] head, int before) {
        int length = int32(head, LENGTH);
        int batch = length - before;
        boolean isOne = batch >= RecordBatch.HEADER_SIZE
                && checksum(head, 0, before + RecordBatch.ATTRIBUTES) == int32(head, CRC)
                && RecordBatch.isHeader(head, before, batch);
        return isOne ? length : -1;
    }

    /// At which offset the log has the frame's batch; -1 when that is none of this log.
    ///
    /// @param before bytes before the batch
    static long baseOffset(byte[] head, int before, LogId log) {
        if (head[KIND] == BATCH) {
            return (long) RecordBatch.LONGS.get(head, LOG) == log.value()
                    ? (long) RecordBatch.LONGS.get(head, before + RecordBatch.BASE_OFFSET)
                    : -1;
        }
        for (int target = HEADER_SIZE + Integer.BYTES; target < before; target += TARGET_SIZE) {
            if ((long) RecordBatch.LONGS.get(head, target) == log.value()) {
                return (long) RecordBatch.LONGS.get(head, target + Long.BYTES);
            }
        }
        return -1;
    }

    static int int32(byte[] array, int at) {
        return (int) RecordBatch.INTS.get(array, at);
    }

    static long int64(Bytes bytes, int at) {
        return (long) RecordBatch.LONGS.get(bytes.array(), bytes.offset() + at);
    }
}

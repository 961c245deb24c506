package io.posthorn.protocol.kafka.produce;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.protocol.Errors;

/// The one batch that a produce request has for a partition, in the bytes of the request. What
/// Kafka's brokers set in a batch is set in place, as nobody else reads these bytes.
///
/// The layout is drawn in `docs/storage-format.md`.
final class ArrivedBatch {
    private static final int LENGTH = 8;
    private static final int LEADER_EPOCH = 12;
    private static final int MAGIC = 16;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int BASE_TIMESTAMP = 27;
    private static final int MAX_TIMESTAMP = 35;
    private static final int PRODUCER_ID = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int BASE_SEQUENCE = 53;
    private static final int COUNT = 57;
    private static final int HEADER_SIZE = 61;

    /// What every batch of every magic has.
    private static final int SMALLEST_PREFIX = 17;

    private static final int SMALLEST_LENGTH = 14;
    private static final int NEWEST_MAGIC = 2;

    private static final int COMPRESSION_MASK = 0x07;
    private static final int APPEND_TIME = 0x08;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CONTROL = 0x20;
    private static final int SETTABLE = COMPRESSION_MASK | TRANSACTIONAL;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, BIG_ENDIAN);
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, BIG_ENDIAN);

    private final byte[] array;
    private final int start;
    private final int size;

    private boolean expires;

    private ArrivedBatch(byte[] array, int start, int size) {
        this.array = array;
        this.start = start;
        this.size = size;
    }

    /// Cuts the batch out, and looks that it is the only one. Less than a batch behind it is
    /// dropped, as Kafka does.
    static ArrivedBatch cutFrom(ByteBuffer records) throws RefusedBatch {
        byte[] array;
        int start;
        if (records.hasArray()) {
            array = records.array();
            start = records.arrayOffset() + records.position();
        } else {
            array = new byte[records.remaining()];
            records.duplicate().get(array);
            start = 0;
        }
        int end = start + records.remaining();
        int size = sizeOfNext(array, start, end);
        if (size == 0) {
            throw new RefusedBatch(
                    Errors.INVALID_RECORD,
                    "Produce requests must have exactly one record batch per partition, not none");
        }
        if (array[start + MAGIC] != NEWEST_MAGIC) {
            throw new RefusedBatch(
                    Errors.INVALID_RECORD, "Produce requests must have record batches of magic version 2 only");
        }
        if (sizeOfNext(array, start + size, end) > 0) {
            throw new RefusedBatch(
                    Errors.INVALID_RECORD,
                    "Produce requests must have exactly one record batch per partition, not more");
        }
        if (size < HEADER_SIZE) {
            throw new RefusedBatch(Errors.CORRUPT_MESSAGE, "The record batch is smaller than its header");
        }
        return new ArrivedBatch(array, start, size);
    }

    /// @return 0 when no whole batch is there
    private static int sizeOfNext(byte[] array, int at, int end) throws RefusedBatch {
        if (end - at < SMALLEST_PREFIX) {
            return 0;
        }
        int length = (int) INTS.get(array, at + LENGTH);
        if (length < SMALLEST_LENGTH) {
            throw new RefusedBatch(Errors.CORRUPT_MESSAGE, "A record batch of " + length + " bytes is too small");
        }
        byte magic = array[at + MAGIC];
        if (magic < 0 || magic > NEWEST_MAGIC) {
            throw new RefusedBatch(Errors.CORRUPT_MESSAGE, "Invalid magic found in record: " + magic);
        }
        return length > end - at - LEADER_EPOCH ? 0 : length + LEADER_EPOCH;
    }

    byte[] array() {
        return array;
    }

    int sizeInBytes() {
        return size;
    }

    int recordsStart() {
        return start + HEADER_SIZE;
    }

    int recordsSize() {
        return size - HEADER_SIZE;
    }

    long baseOffset() {
        return (long) LONGS.get(array, start);
    }

    int lastOffsetDelta() {
        return (int) INTS.get(array, start + LAST_OFFSET_DELTA);
    }

    int count() {
        return (int) INTS.get(array, start + COUNT);
    }

    long baseTimestamp() {
        return (long) LONGS.get(array, start + BASE_TIMESTAMP);
    }

    private long maxTimestamp() {
        return (long) LONGS.get(array, start + MAX_TIMESTAMP);
    }

    long producerId() {
        return (long) LONGS.get(array, start + PRODUCER_ID);
    }

    short producerEpoch() {
        return (short) SHORTS.get(array, start + PRODUCER_EPOCH);
    }

    int baseSequence() {
        return (int) INTS.get(array, start + BASE_SEQUENCE);
    }

    /// The number of its codec, which there need not be.
    int compression() {
        return attributes() & COMPRESSION_MASK;
    }

    boolean hasAppendTime() {
        return (attributes() & APPEND_TIME) != 0;
    }

    boolean isTransactional() {
        return (attributes() & TRANSACTIONAL) != 0;
    }

    boolean isControl() {
        return (attributes() & CONTROL) != 0;
    }

    boolean checksumIsValid() {
        return (int) INTS.get(array, start + CRC) == checksum();
    }

    /// Sets what is the broker's to set: the timestamp that the whole batch answers for, and who
    /// has chosen it.
    void settle(long maxTimestamp, boolean hasAppendTime) {
        // Leader epochs lie before what the checksum covers.
        INTS.set(array, start + LEADER_EPOCH, 0);
        int attributes = (attributes() & SETTABLE) | (hasAppendTime ? APPEND_TIME : 0);
        if (attributes != attributes() || maxTimestamp != maxTimestamp()) {
            SHORTS.set(array, start + ATTRIBUTES, (short) attributes);
            LONGS.set(array, start + MAX_TIMESTAMP, maxTimestamp);
            INTS.set(array, start + CRC, checksum());
        }
    }

    /// Whether any of its records may say when it is over: known once they were looked at.
    boolean expires() {
        return expires;
    }

    void setExpires(boolean any) {
        expires = any;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(array, start, size).slice();
    }

    /// From here on nobody writes its bytes.
    RecordBatch toRecordBatch() {
        return RecordBatch.of(new Bytes(array, start, size));
    }

    private int attributes() {
        return (short) SHORTS.get(array, start + ATTRIBUTES);
    }

    private int checksum() {
        var crc = new CRC32C();
        crc.update(array, start + ATTRIBUTES, size - ATTRIBUTES);
        return (int) crc.getValue();
    }
}

package io.posthorn.log;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.zip.CRC32C;

/// One record batch in Kafka's format, magic 2: a view over bytes, parsed on demand.
///
/// The layout is drawn in `docs/storage-format.md`. Batches that are compressed, transactional or control are
/// carried like any other; only their records are not read here.
public final class RecordBatch {
    static final int BASE_OFFSET = 0;
    static final int LENGTH = 8;
    static final int LEADER_EPOCH = 12;
    static final int MAGIC = 16;
    static final int CRC = 17;
    static final int ATTRIBUTES = 21;
    static final int LAST_OFFSET_DELTA = 23;
    static final int BASE_TIMESTAMP = 27;
    static final int MAX_TIMESTAMP = 35;
    static final int PRODUCER_ID = 43;
    static final int PRODUCER_EPOCH = 51;
    static final int BASE_SEQUENCE = 53;
    static final int COUNT = 57;

    /// Bytes of a batch before its first record.
    public static final int HEADER_SIZE = 61;

    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, BIG_ENDIAN);
    static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, BIG_ENDIAN);

    static final int COMPRESSION_MASK = 0x07;
    static final int TIMESTAMP_TYPE_FLAG = 0x08;
    static final int TRANSACTIONAL_FLAG = 0x10;
    static final int CONTROL_FLAG = 0x20;
    static final int DELETE_HORIZON_FLAG = 0x40;

    private final Bytes bytes;

    private RecordBatch(Bytes bytes) {
        this.bytes = bytes;
    }

    /// Checks the header's lengths and counts, not the checksum: see [#checksumIsValid].
    ///
    /// @throws IllegalArgumentException when the bytes are not one whole batch of magic 2
    public static RecordBatch of(Bytes bytes) {
        if (bytes.length() < HEADER_SIZE) {
            throw new IllegalArgumentException("a batch has at least 61 bytes, not " + bytes.length());
        }
        var batch = new RecordBatch(bytes);
        if (batch.int32(LENGTH) != bytes.length() - LEADER_EPOCH) {
            throw new IllegalArgumentException(
                    "the batch says %d bytes follow, but %d do".formatted(batch.int32(LENGTH), bytes.length() - 12));
        }
        if (bytes.get(MAGIC) != 2) {
            throw new IllegalArgumentException("magic is " + bytes.get(MAGIC) + ", not 2");
        }
        if (batch.count() < 0 || batch.int32(LAST_OFFSET_DELTA) < 0) {
            throw new IllegalArgumentException("negative count or offset delta");
        }
        return batch;
    }

    /// Whether a batch of this length with final offsets may begin so. As [#of], it looks at no checksum.
    static boolean isHeader(byte[] array, int at, int length) {
        return (int) INTS.get(array, at + LENGTH) == length - LEADER_EPOCH
                && array[at + MAGIC] == 2
                && (long) LONGS.get(array, at + BASE_OFFSET) >= 0
                && (int) INTS.get(array, at + COUNT) >= 0
                && (int) INTS.get(array, at + LAST_OFFSET_DELTA) >= 0;
    }

    public Bytes bytes() {
        return bytes;
    }

    public int sizeInBytes() {
        return bytes.length();
    }

    public long baseOffset() {
        return int64(BASE_OFFSET);
    }

    public long lastOffset() {
        return baseOffset() + int32(LAST_OFFSET_DELTA);
    }

    /// Offsets that the batch takes in a log. As many as records, but where compaction has removed some.
    public int offsetCount() {
        return int32(LAST_OFFSET_DELTA) + 1;
    }

    public int count() {
        return int32(COUNT);
    }

    public long baseTimestamp() {
        return int64(BASE_TIMESTAMP);
    }

    public long maxTimestamp() {
        return int64(MAX_TIMESTAMP);
    }

    /// Whether it is neither compressed nor of a transaction, so that its records are messages as they stand there.
    public boolean isPlain() {
        return (attributes() & (COMPRESSION_MASK | TRANSACTIONAL_FLAG | CONTROL_FLAG)) == 0;
    }

    /// The same batch, of which these are the records. Its checksum is not valid.
    ///
    /// @param records what the records are that are compressed here
    public RecordBatch opened(byte[] records) {
        var whole = new byte[Math.addExact(HEADER_SIZE, records.length)];
        System.arraycopy(bytes.array(), bytes.offset(), whole, 0, HEADER_SIZE);
        System.arraycopy(records, 0, whole, HEADER_SIZE, records.length);
        INTS.set(whole, LENGTH, whole.length - LEADER_EPOCH);
        SHORTS.set(whole, ATTRIBUTES, (short) (attributes() & ~COMPRESSION_MASK));
        return of(new Bytes(whole));
    }

    /// The records, one behind the other, as they are compressed or not.
    public Bytes recordBytes() {
        return bytes.slice(HEADER_SIZE, bytes.length() - HEADER_SIZE);
    }

    /// A plain batch with the same offsets and no records, as compaction leaves some. Its checksum is not valid.
    public RecordBatch withoutRecords() {
        var header = new byte[HEADER_SIZE];
        System.arraycopy(bytes.array(), bytes.offset(), header, 0, HEADER_SIZE);
        INTS.set(header, LENGTH, HEADER_SIZE - LEADER_EPOCH);
        SHORTS.set(header, ATTRIBUTES, (short) 0);
        INTS.set(header, COUNT, 0);
        return new RecordBatch(new Bytes(header));
    }

    public boolean isCompressed() {
        return compression() != 0;
    }

    /// As the protocol numbers them: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.
    public int compression() {
        return attributes() & COMPRESSION_MASK;
    }

    public boolean isControl() {
        return (attributes() & CONTROL_FLAG) != 0;
    }

    /// Whether it is a client's batch, as a leader has taken it: what a [BatchBuilder] makes has no leader's epoch.
    public boolean hasLeaderEpoch() {
        return int32(LEADER_EPOCH) >= 0;
    }

    /// Whether the batch is of a transaction: its records, or the marker that ends it.
    public boolean isTransactional() {
        return (attributes() & TRANSACTIONAL_FLAG) != 0;
    }

    /// Whether the largest timestamp is that of every record: when the batch was appended.
    public boolean hasAppendTime() {
        return (attributes() & TIMESTAMP_TYPE_FLAG) != 0;
    }

    /// Whether the base timestamp says until when tombstones and markers are kept. A cleaning has set it.
    public boolean hasDeleteHorizon() {
        return (attributes() & DELETE_HORIZON_FLAG) != 0;
    }

    /// Of the producer that numbers its batches; -1 without.
    public long producerId() {
        return int64(PRODUCER_ID);
    }

    /// -1 without a producer.
    public short producerEpoch() {
        return (short) SHORTS.get(bytes.array(), bytes.offset() + PRODUCER_EPOCH);
    }

    /// The number that its producer gave to the first record; -1 where it gives none.
    public int baseSequence() {
        return int32(BASE_SEQUENCE);
    }

    /// The stored checksum: CRC-32C over everything from the attributes on.
    public int checksum() {
        return int32(CRC);
    }

    public boolean checksumIsValid() {
        return checksum() == checksumOf(bytes);
    }

    /// A fresh cursor before the first record.
    ///
    /// @throws IllegalStateException when the batch is compressed
    public RecordCursor records() {
        if (isCompressed()) {
            throw new IllegalStateException("the records of a compressed batch cannot be walked");
        }
        return new RecordCursor(this);
    }

    /// Sets the base offset in place. The checksum starts at the attributes, so it stays valid.
    static void assignBaseOffset(byte[] array, int batchStart, long offset) {
        LONGS.set(array, batchStart + BASE_OFFSET, offset);
    }

    static int checksumOf(Bytes batch) {
        var crc = new CRC32C();
        crc.update(batch.array(), batch.offset() + ATTRIBUTES, batch.length() - ATTRIBUTES);
        return (int) crc.getValue();
    }

    int attributes() {
        return (short) SHORTS.get(bytes.array(), bytes.offset() + ATTRIBUTES);
    }

    private int int32(int at) {
        return (int) INTS.get(bytes.array(), bytes.offset() + at);
    }

    private long int64(int at) {
        return (long) LONGS.get(bytes.array(), bytes.offset() + at);
    }

    @Override
    public String toString() {
        return "batch of %d records at %d, %d bytes".formatted(count(), baseOffset(), sizeInBytes());
    }
}

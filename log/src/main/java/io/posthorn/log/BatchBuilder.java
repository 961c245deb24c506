package io.posthorn.log;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes records into one uncompressed batch, magic 2. Re-usable after [#build]; confined to one thread.
public final class BatchBuilder {
    private static final int SMALLEST = 512;
    private static final int LARGEST_AT_ONCE = 256 * 1024;
    private static final byte[] NONE = new byte[0];
    private static final int NO_PRODUCER = -1;
    private static final int NO_EPOCH = -1;

    // Between batches there is none: most builders wait, and they are many.
    private byte[] array = NONE;
    private int firstCapacity = SMALLEST;
    private int size = RecordBatch.HEADER_SIZE;
    private int count;
    private long baseTimestamp;
    private long maxTimestamp;

    /// Appends one record; its bytes are copied.
    public void add(long timestamp, @Nullable Bytes key, @Nullable Bytes value, List<RecordHeader> headers) {
        add(timestamp, key, value, EncodedHeaders.NONE, headers);
    }

    /// Appends one record with the headers of two lists, one behind the other; its bytes are copied.
    public void add(
            long timestamp,
            @Nullable Bytes key,
            @Nullable Bytes value,
            List<RecordHeader> headers,
            List<RecordHeader> moreHeaders) {
        if (count == 0) {
            baseTimestamp = timestamp;
            maxTimestamp = timestamp;
        }
        maxTimestamp = Math.max(maxTimestamp, timestamp);
        int headerCount = headers.size() + moreHeaders.size();
        int headerBytes = Math.addExact(EncodedHeaders.sizeOf(headers), EncodedHeaders.sizeOf(moreHeaders));
        int length = Math.addExact(bodySize(timestamp, key, value) + Varint.size(headerCount), headerBytes);
        ensureRoom(length + Varint.size(length));
        int at = Varint.put(array, size, length);
        array[at++] = 0;
        at = Varint.put(array, at, timestamp - baseTimestamp);
        at = Varint.put(array, at, count);
        at = Fields.put(array, at, key);
        at = Fields.put(array, at, value);
        at = Varint.put(array, at, headerCount);
        at = EncodedHeaders.put(array, at, headers);
        size = EncodedHeaders.put(array, at, moreHeaders);
        count++;
    }

    public int count() {
        return count;
    }

    public int sizeInBytes() {
        return size;
    }

    /// The batch, with base offset 0 and its checksum; this builder is empty afterwards and shares no bytes with it.
    ///
    /// @throws IllegalStateException when there are no records
    public RecordBatch build() {
        if (count == 0) {
            throw new IllegalStateException("a batch has at least one record");
        }
        putHeader();
        var bytes = new Bytes(array, 0, size);
        RecordBatch.INTS.set(array, RecordBatch.CRC, RecordBatch.checksumOf(bytes));
        // The next batch is likely to be about as large as the last ones: it starts with enough for most of them, as
        // growing means copying, and small ones make it forget a large one little by little.
        int enough = Math.max(size + size / 4, firstCapacity - firstCapacity / 8);
        firstCapacity = Math.clamp(enough, SMALLEST, LARGEST_AT_ONCE);
        array = NONE;
        size = RecordBatch.HEADER_SIZE;
        count = 0;
        return RecordBatch.of(bytes);
    }

    private void putHeader() {
        RecordBatch.LONGS.set(array, RecordBatch.BASE_OFFSET, 0L);
        RecordBatch.INTS.set(array, RecordBatch.LENGTH, size - RecordBatch.LEADER_EPOCH);
        RecordBatch.INTS.set(array, RecordBatch.LEADER_EPOCH, NO_EPOCH);
        array[RecordBatch.MAGIC] = 2;
        RecordBatch.SHORTS.set(array, RecordBatch.ATTRIBUTES, (short) 0);
        RecordBatch.INTS.set(array, RecordBatch.LAST_OFFSET_DELTA, count - 1);
        RecordBatch.LONGS.set(array, RecordBatch.BASE_TIMESTAMP, baseTimestamp);
        RecordBatch.LONGS.set(array, RecordBatch.MAX_TIMESTAMP, maxTimestamp);
        RecordBatch.LONGS.set(array, RecordBatch.PRODUCER_ID, (long) NO_PRODUCER);
        RecordBatch.SHORTS.set(array, RecordBatch.PRODUCER_EPOCH, (short) NO_PRODUCER);
        RecordBatch.INTS.set(array, RecordBatch.BASE_SEQUENCE, NO_PRODUCER);
        RecordBatch.INTS.set(array, RecordBatch.COUNT, count);
    }

    private int bodySize(long timestamp, @Nullable Bytes key, @Nullable Bytes value) {
        int body = 1 + Varint.size(timestamp - baseTimestamp) + Varint.size(count);
        return Math.addExact(Math.addExact(body, Fields.size(key)), Fields.size(value));
    }

    private void ensureRoom(int more) {
        int needed = Math.addExact(size, more);
        if (needed > array.length) {
            int grown = (int) Math.min(array.length * 2L, Integer.MAX_VALUE - 8L);
            array = Arrays.copyOf(array, Math.max(needed, array.length == 0 ? firstCapacity : grown));
        }
    }
}

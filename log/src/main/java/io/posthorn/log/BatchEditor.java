package io.posthorn.log;

import java.util.Arrays;
import java.util.BitSet;

/// Makes batches with fewer records of others. What is kept keeps its offsets and times, and a batch the offsets it
/// takes:
/// what read before where its next batch begins finds it there again.
public final class BatchEditor {
    /// Base timestamp of a batch without records.
    private static final long NO_TIMESTAMP = -1;

    /// A record's length and its new time may each take so many bytes more.
    private static final int LARGEST_GROWTH = 5 + 10;

    private BatchEditor() {}

    /// The batch without any of its records.
    public static RecordBatch emptied(RecordBatch batch) {
        byte[] array = header(batch, RecordBatch.HEADER_SIZE, 0, NO_TIMESTAMP, batch.maxTimestamp(), kindOf(batch));
        return finished(array, array.length);
    }

    /// The batch with its records as a codec has packed them.
    ///
    /// @param compression the codec, as [RecordBatch#compression] says it
    public static RecordBatch packed(RecordBatch batch, Bytes records, int compression) {
        int attributes = (batch.attributes() & ~RecordBatch.COMPRESSION_MASK) | compression;
        int size = Math.addExact(RecordBatch.HEADER_SIZE, records.length());
        byte[] array = header(batch, size, batch.count(), batch.baseTimestamp(), batch.maxTimestamp(), attributes);
        System.arraycopy(records.array(), records.offset(), array, RecordBatch.HEADER_SIZE, records.length());
        return finished(array, size);
    }

    /// The batch with these of its records.
    ///
    /// @param batch not compressed
    /// @param kept the places of the records that stay, at least one
    public static RecordBatch retaining(RecordBatch batch, BitSet kept) {
        int flags = kindOf(batch) | (batch.attributes() & RecordBatch.DELETE_HORIZON_FLAG);
        return rebased(batch, kept, batch.baseTimestamp(), flags);
    }

    /// As [#retaining], and says in the way of Kafka until when tombstones and markers in it are kept: the base
    /// timestamp is that time, and a flag says so.
    ///
    /// @param horizon in milliseconds since the epoch
    public static RecordBatch retainingUntil(RecordBatch batch, BitSet kept, long horizon) {
        return rebased(batch, kept, horizon, kindOf(batch) | RecordBatch.DELETE_HORIZON_FLAG);
    }

    /// What the attributes say but for compression and horizon.
    private static int kindOf(RecordBatch batch) {
        return batch.attributes() & ~(RecordBatch.COMPRESSION_MASK | RecordBatch.DELETE_HORIZON_FLAG);
    }

    private static RecordBatch rebased(RecordBatch batch, BitSet kept, long baseTimestamp, int attributes) {
        int count = kept.cardinality();
        int room = batch.sizeInBytes() + count * LARGEST_GROWTH;
        byte[] array = header(batch, room, count, baseTimestamp, batch.maxTimestamp(), attributes);
        long latest = Long.MIN_VALUE;
        int at = RecordBatch.HEADER_SIZE;
        RecordCursor records = batch.records();
        for (int i = 0; records.next(); i++) {
            if (kept.get(i)) {
                latest = Math.max(latest, records.timestamp());
                at = records.copy(array, at, records.timestamp() - baseTimestamp);
            }
        }
        if (!batch.hasAppendTime()) {
            RecordBatch.LONGS.set(array, RecordBatch.MAX_TIMESTAMP, latest);
        }
        return finished(array, at);
    }

    private static byte[] header(
            RecordBatch batch, int room, int count, long baseTimestamp, long maxTimestamp, int attributes) {
        Bytes from = batch.bytes();
        byte[] array = new byte[room];
        System.arraycopy(from.array(), from.offset(), array, 0, RecordBatch.HEADER_SIZE);
        RecordBatch.SHORTS.set(array, RecordBatch.ATTRIBUTES, (short) attributes);
        RecordBatch.LONGS.set(array, RecordBatch.BASE_TIMESTAMP, baseTimestamp);
        RecordBatch.LONGS.set(array, RecordBatch.MAX_TIMESTAMP, maxTimestamp);
        RecordBatch.INTS.set(array, RecordBatch.COUNT, count);
        return array;
    }

    private static RecordBatch finished(byte[] array, int size) {
        byte[] exact = array.length == size ? array : Arrays.copyOf(array, size);
        RecordBatch.INTS.set(exact, RecordBatch.LENGTH, size - RecordBatch.LEADER_EPOCH);
        var bytes = new Bytes(exact);
        RecordBatch.INTS.set(exact, RecordBatch.CRC, RecordBatch.checksumOf(bytes));
        return RecordBatch.of(bytes);
    }
}

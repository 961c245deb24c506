package io.posthorn.broker.shard;

import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Batches as producers of event streams make them.
public final class Produced {
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int PRODUCER_ID = 43;
    private static final short TRANSACTIONAL = 0x10;
    private static final short CONTROL = 0x20;

    private Produced() {}

    /// Records with these values.
    public static RecordBatch batch(String... values) {
        return batch(0L, values);
    }

    public static RecordBatch batch(long timestamp, String... values) {
        var builder = new BatchBuilder();
        for (String value : values) {
            builder.add(timestamp, null, Bytes.utf8(value), List.of());
        }
        return builder.build();
    }

    /// One that its producer numbers.
    public static RecordBatch numbered(long producer, int epoch, int sequence, String... values) {
        return of(batch(values), (short) 0, producer, epoch, sequence);
    }

    public static RecordBatch transactional(long producer, int epoch, int sequence, String... values) {
        return of(batch(values), TRANSACTIONAL, producer, epoch, sequence);
    }

    /// The marker that ends a transaction.
    public static RecordBatch marker(long producer, int epoch, int coordinatorEpoch, boolean commits) {
        var builder = new BatchBuilder();
        byte[] key = new byte[4];
        ByteBuffer.wrap(key).putShort((short) 0).putShort((short) (commits ? 1 : 0));
        byte[] value = new byte[6];
        ByteBuffer.wrap(value).putShort((short) 0).putInt(coordinatorEpoch);
        builder.add(0, new Bytes(key), new Bytes(value), List.of());
        return of(builder.build(), (short) (TRANSACTIONAL | CONTROL), producer, epoch, -1);
    }

    private static RecordBatch of(RecordBatch batch, short attributes, long producer, int epoch, int sequence) {
        byte[] array = batch.bytes().toByteArray();
        var buffer = ByteBuffer.wrap(array);
        buffer.putShort(ATTRIBUTES, attributes);
        buffer.putLong(PRODUCER_ID, producer);
        buffer.putShort(PRODUCER_ID + 8, (short) epoch);
        buffer.putInt(PRODUCER_ID + 10, sequence);
        var crc = new CRC32C();
        crc.update(array, ATTRIBUTES, array.length - ATTRIBUTES);
        buffer.putInt(CRC, (int) crc.getValue());
        return RecordBatch.of(new Bytes(array, 0, array.length));
    }

    /// The values of its records.
    public static List<@Nullable String> values(RecordBatch batch) {
        var values = new java.util.ArrayList<@Nullable String>();
        var record = batch.records();
        while (record.next()) {
            Bytes value = record.value();
            values.add(value == null ? null : value.toUtf8());
        }
        return values;
    }
}

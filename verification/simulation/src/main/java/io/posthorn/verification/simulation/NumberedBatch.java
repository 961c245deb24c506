package io.posthorn.verification.simulation;

import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/// Batches as producers of event streams make them: each record is a number, and nothing else.
final class NumberedBatch {
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int PRODUCER_ID = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int BASE_SEQUENCE = 53;
    private static final short TRANSACTIONAL = 0x10;
    private static final short CONTROL = 0x20;

    private NumberedBatch() {}

    static RecordBatch plain(long time, List<Long> values) {
        var builder = new BatchBuilder();
        for (long value : values) {
            byte[] bytes = new byte[Long.BYTES];
            ByteBuffer.wrap(bytes).putLong(value);
            builder.add(time, null, new Bytes(bytes), List.of());
        }
        return builder.build();
    }

    static RecordBatch of(RecordBatch plain, long producer, int epoch, int sequence, boolean transactional) {
        return with(plain, transactional ? TRANSACTIONAL : 0, producer, epoch, sequence);
    }

    /// Ends a transaction.
    static RecordBatch marker(long time, long producer, int epoch, int coordinatorEpoch, boolean commits) {
        byte[] key = new byte[4];
        ByteBuffer.wrap(key).putShort(2, (short) (commits ? 1 : 0));
        byte[] value = new byte[6];
        ByteBuffer.wrap(value).putInt(2, coordinatorEpoch);
        var builder = new BatchBuilder();
        builder.add(time, new Bytes(key), new Bytes(value), List.of());
        return with(builder.build(), (short) (TRANSACTIONAL | CONTROL), producer, epoch, -1);
    }

    private static RecordBatch with(RecordBatch batch, int attributes, long producer, int epoch, int sequence) {
        byte[] array = batch.bytes().toByteArray();
        var buffer = ByteBuffer.wrap(array);
        buffer.putShort(ATTRIBUTES, (short) attributes);
        buffer.putLong(PRODUCER_ID, producer);
        buffer.putShort(PRODUCER_EPOCH, (short) epoch);
        buffer.putInt(BASE_SEQUENCE, sequence);
        var crc = new CRC32C();
        crc.update(array, ATTRIBUTES, array.length - ATTRIBUTES);
        buffer.putInt(CRC, (int) crc.getValue());
        return RecordBatch.of(new Bytes(array));
    }
}

package io.posthorn.protocol.kafka.produce;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Iterator;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;

/// Writes the records of a batch anew, with other compression or offsets that count from 0. For
/// batches that were walked before, so that nothing in them is malformed.
final class Rebuild {
    private Rebuild() {}

    static RecordBatch of(ArrivedBatch batch, Compression compression, TopicRules rules, long now) {
        Iterator<MutableRecordBatch> batches =
                MemoryRecords.readableRecords(batch.buffer()).batches().iterator();
        ByteBuffer target = ByteBuffer.allocate(AbstractRecords.recordBatchHeaderSizeInBytes(
                        org.apache.kafka.common.record.internal.RecordBatch.CURRENT_MAGIC_VALUE, compression.type())
                + batch.recordsSize());
        var builder = MemoryRecords.builder(
                target,
                org.apache.kafka.common.record.internal.RecordBatch.CURRENT_MAGIC_VALUE,
                compression,
                rules.hasAppendTime() ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                0,
                now,
                batch.producerId(),
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.isTransactional(),
                0);
        long offset = 0;
        try (CloseableIterator<Record> records = batches.next().streamingIterator(BufferSupplier.NO_CACHING)) {
            while (records.hasNext()) {
                builder.appendWithOffset(offset++, records.next());
            }
        }
        ByteBuffer built = builder.build().buffer();
        return RecordBatch.of(new Bytes(built.array(), built.arrayOffset() + built.position(), built.remaining()));
    }
}

package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.RecordBytes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/// The batches of a slice, as they lie in memory.
record SliceRecords(PartitionSlice slice) implements RecordBytes {
    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    @Override
    public void forEach(Consumer<ByteBuffer> place) {
        List<RecordBatch> batches = slice.batches();
        for (int i = 0; i < batches.size(); i++) {
            Bytes bytes = batches.get(i).bytes();
            place.accept(ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length()));
        }
    }
}

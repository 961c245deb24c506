package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.RecordBytes;
import java.util.List;

/// The batches of a slice, as they lie in memory, until they are copied or given up. Confined to
/// the io thread.
final class SliceRecords implements RecordBytes {
    private final PartitionSlice slice;
    private boolean isClosed;

    SliceRecords(PartitionSlice slice) {
        this.slice = slice;
    }

    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    @Override
    public void forEach(Place place) {
        List<RecordBatch> batches = slice.batches();
        for (int i = 0; i < batches.size(); i++) {
            Bytes bytes = batches.get(i).bytes();
            place.take(bytes.array(), bytes.offset(), bytes.length());
        }
    }

    @Override
    public void copied() {
        if (!isClosed) {
            isClosed = true;
            slice.close();
        }
    }
}

package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import java.util.List;

/// The batches of a slice, as they lie on the heap.
final class SliceRecords implements FoundRecords {
    private final PartitionSlice slice;
    private boolean isClosed;

    SliceRecords(PartitionSlice slice) {
        this.slice = slice;
    }

    @Override
    public int count() {
        return slice.batches().size();
    }

    @Override
    public long nextOffset() {
        return slice.batches().getLast().lastOffset() + 1;
    }

    @Override
    public PartitionBounds bounds() {
        return slice.bounds();
    }

    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    /// They are copied as soon as their answer is written.
    @Override
    public int held() {
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
    public void close() {
        if (!isClosed) {
            isClosed = true;
            slice.close();
        }
    }
}

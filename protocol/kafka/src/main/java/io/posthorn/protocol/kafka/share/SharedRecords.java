package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.RecordBytes;
import java.util.ArrayList;
import java.util.List;

/// Batches of one partition, as they lie in memory, until they are copied or given up. Confined to one thread at a
/// time.
final class SharedRecords implements RecordBytes {
    private final List<PartitionSlice> slices = new ArrayList<>(1);
    private final List<RecordBatch> batches = new ArrayList<>();
    private int size;

    /// Keeps it until the end.
    void hold(PartitionSlice slice) {
        slices.add(slice);
    }

    /// @param batch of a slice that is held
    void add(RecordBatch batch) {
        batches.add(batch);
        size += batch.sizeInBytes();
    }

    @Override
    public int sizeInBytes() {
        return size;
    }

    @Override
    public void forEach(Place place) {
        for (int i = 0; i < batches.size(); i++) {
            Bytes bytes = batches.get(i).bytes();
            place.take(bytes.array(), bytes.offset(), bytes.length());
        }
    }

    @Override
    public void copied() {
        slices.forEach(PartitionSlice::close);
        slices.clear();
    }
}

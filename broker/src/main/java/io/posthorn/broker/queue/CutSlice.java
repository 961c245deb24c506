package io.posthorn.broker.queue;

import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was read of a log, up to where its reader may see.
///
/// @param read what holds the bytes; null when there are none
record CutSlice(@Nullable LogSlice read, List<RecordBatch> batches, int sizeInBytes, PartitionBounds bounds)
        implements PartitionSlice {

    static CutSlice empty(PartitionBounds bounds) {
        return new CutSlice(null, List.of(), 0, bounds);
    }

    /// Ends and begins of transactions are those of batches, so none is cut in two.
    static CutSlice of(LogSlice read, PartitionBounds bounds, Isolation isolation) {
        long end = bounds.end(isolation);
        List<RecordBatch> batches = read.batches();
        int seen = 0;
        int bytes = 0;
        while (seen < batches.size() && batches.get(seen).baseOffset() < end) {
            bytes += batches.get(seen).sizeInBytes();
            seen++;
        }
        return new CutSlice(read, seen == batches.size() ? batches : batches.subList(0, seen), bytes, bounds);
    }

    @Override
    public void close() {
        if (read != null) {
            read.close();
        }
    }
}

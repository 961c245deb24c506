package io.posthorn.log;

import io.posthorn.log.SegmentStore.SegmentId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One log that is being cleaned, a few segments at a time. Confined to the housekeeper's step, but for the result.
final class DataCleaning {
    private final JournaledLog log;
    private final long to;
    private final BatchFilter filter;
    private final Set<SegmentId> done = new HashSet<>();
    private final CompletableFuture<Long> result = new CompletableFuture<>();

    /// @param to not behind the closed end
    DataCleaning(JournaledLog log, long to, BatchFilter filter) {
        this.log = log;
        this.to = to;
        this.filter = filter;
    }

    JournaledLog log() {
        return log;
    }

    CompletableFuture<Long> result() {
        return result;
    }

    /// Of these, which hold what is still to be cleaned, oldest first: some of them, but at least one.
    List<DataSegment> next(List<DataSegment> holding, long most) {
        List<DataSegment> left =
                holding.stream().filter(segment -> !done.contains(segment.id())).toList();
        int count = 0;
        long bytes = 0;
        while (count < left.size() && (count == 0 || bytes + left.get(count).totalBytes() <= most)) {
            bytes += left.get(count++).totalBytes();
        }
        return left.subList(0, count);
    }

    long to() {
        return to;
    }

    /// What stays of a batch.
    @Nullable
    RecordBatch retained(RecordBatch batch) {
        if (batch.lastOffset() >= to) {
            return batch;
        }
        RecordBatch retained = filter.retain(batch);
        if (retained != null
                && (retained.baseOffset() != batch.baseOffset() || retained.lastOffset() != batch.lastOffset())) {
            throw new IllegalStateException("a filter made %s of %s".formatted(retained, batch));
        }
        return retained;
    }

    /// These are what segments have become.
    void replaced(List<DataWriter.Written> written) {
        written.forEach(segment -> done.add(segment.segment().id()));
    }
}

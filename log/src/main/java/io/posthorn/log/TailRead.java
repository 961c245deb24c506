package io.posthorn.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One read from the journal's tail: views of batches in the slabs, which are pinned. Under the lock.
final class TailRead {
    /// Who wants no more gets one batch.
    private static final int FEW_BYTES = 128;

    private final SegmentedJournal journal;
    private final JournaledLog log;
    private final long offset;
    private final int maxBytes;
    private final List<RecordBatch> batches;
    private final List<Slab> slabs = new ArrayList<>(1);
    private @Nullable Slab slab;
    private int total;

    TailRead(SegmentedJournal journal, JournaledLog log, long offset, int maxBytes) {
        this.journal = journal;
        this.log = log;
        this.offset = offset;
        this.maxBytes = maxBytes;
        this.batches = new ArrayList<>(maxBytes < FEW_BYTES ? 1 : 16);
    }

    /// Null when the first batch is not in memory.
    @Nullable
    LogSlice slice(LogIndex index) {
        int i = Math.max(0, index.find(offset));
        if (journal.tail().find(index.position(i)) == null) {
            return null;
        }
        while (i < index.size() && (total < maxBytes || batches.isEmpty()) && add(index.position(i))) {
            i++;
        }
        if (batches.isEmpty()) {
            throw new LogException.Damaged("the records of %s at %d are lost".formatted(log.id(), offset), log.end());
        }
        slabs.forEach(used -> used.pins++);
        return new Slices.Pinned(journal, batches, slabs);
    }

    private boolean add(long position) {
        Slab holder = slab;
        if (holder == null || position >= holder.end()) {
            holder = journal.tail().find(position);
            if (holder == null) {
                return false;
            }
            slab = holder;
        }
        RecordBatch batch = FrameCodec.batchAt(holder.array, (int) (position - holder.base), log.id());
        if (batch.lastOffset() < offset) {
            return true;
        }
        if (!batches.isEmpty() && total + batch.sizeInBytes() > maxBytes) {
            return false;
        }
        batches.add(batch);
        total += batch.sizeInBytes();
        if (slabs.isEmpty() || slabs.getLast() != holder) {
            slabs.add(holder);
        }
        return true;
    }
}

package io.posthorn.log;

import java.util.List;

/// The kinds of [LogSlice].
final class Slices {
    /// Nothing there (yet).
    static final LogSlice EMPTY = of(List.of());

    private Slices() {}

    /// Batches with bytes of their own.
    static LogSlice of(List<RecordBatch> batches) {
        return new Owned(batches);
    }

    private record Owned(List<RecordBatch> batches) implements LogSlice {
        @Override
        public boolean pinsSlabs() {
            return false;
        }

        @Override
        public void close() {
            // The bytes belong to the garbage collector.
        }
    }

    /// Batches in slabs of the journal's tail, which stay as they are until this is closed.
    static final class Pinned implements LogSlice {
        private final SegmentedJournal journal;
        private final List<RecordBatch> batches;
        private List<Slab> slabs;

        Pinned(SegmentedJournal journal, List<RecordBatch> batches, List<Slab> slabs) {
            this.journal = journal;
            this.batches = batches;
            this.slabs = slabs;
        }

        @Override
        public List<RecordBatch> batches() {
            return batches;
        }

        @Override
        public void close() {
            journal.lock();
            try {
                slabs.forEach(journal.tail()::unpin);
                slabs = List.of();
            } finally {
                journal.unlock();
            }
        }
    }
}

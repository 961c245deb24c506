package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// One thing that happened, as the journal keeps it. The bytes of each are in [FrameCodec].
sealed interface Frame {
    /// A batch of one log, with its final offsets.
    record Batch(long log, RecordBatch batch) implements Frame {}

    /// One batch that went to several logs: pairs of (log, base offset), and the batch at base offset 0.
    record Fanout(Bytes targets, RecordBatch batch) implements Frame {
        int size() {
            return targets.length() / FrameCodec.TARGET_SIZE;
        }

        long log(int i) {
            return FrameCodec.int64(targets, i * FrameCodec.TARGET_SIZE);
        }

        long baseOffset(int i) {
            return FrameCodec.int64(targets, i * FrameCodec.TARGET_SIZE + Long.BYTES);
        }

        /// A copy of the batch with the offsets of this log; null when it is not among the targets.
        @Nullable
        RecordBatch batchFor(LogId log) {
            for (int i = 0; i < size(); i++) {
                if (log(i) == log.value()) {
                    byte[] copy = batch.bytes().toByteArray();
                    RecordBatch.assignBaseOffset(copy, 0, baseOffset(i));
                    return RecordBatch.of(new Bytes(copy));
                }
            }
            return null;
        }
    }

    /// The log's records before `offset` are given up.
    record Trim(long log, long offset) implements Frame {}

    /// The log is given up.
    record Drop(long log) implements Frame {}

    /// An event of a state machine.
    record State(int machine, Bytes event) implements Frame {}

    /// From here on, chunks of a snapshot may follow; its number is the position of this frame.
    record SnapshotBegin() implements Frame {}

    /// A piece of a state machine's snapshot.
    record SnapshotChunk(int machine, Bytes chunk) implements Frame {}

    /// A piece of the storage's own snapshot: triples of (log, start, end).
    record LogStarts(Bytes bounds) implements Frame {
        int size() {
            return bounds.length() / FrameCodec.BOUNDS_SIZE;
        }

        long log(int i) {
            return FrameCodec.int64(bounds, i * FrameCodec.BOUNDS_SIZE);
        }

        long start(int i) {
            return FrameCodec.int64(bounds, i * FrameCodec.BOUNDS_SIZE + Long.BYTES);
        }

        long end(int i) {
            return FrameCodec.int64(bounds, i * FrameCodec.BOUNDS_SIZE + 2 * Long.BYTES);
        }
    }

    /// The snapshot that began at this position is complete.
    record SnapshotEnd(long begin) implements Frame {}

    /// The index of a data segment.
    record Footer(Bytes index) implements Frame {}
}

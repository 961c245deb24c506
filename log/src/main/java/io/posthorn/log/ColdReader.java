package io.posthorn.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries out a [ColdPlan], and believes nothing that it reads: frames and batches are checked. Blocks.
final class ColdReader {
    private static final long WHOLE = -1;
    private static final long UNREADABLE = -2;

    private final SegmentReaders readers;
    private final DamageReport damage;

    ColdReader(SegmentReaders readers, DamageReport damage) {
        this.readers = readers;
        this.damage = damage;
    }

    void pin(ColdPlan plan) {
        plan.runs().forEach(run -> readers.pin(run.segment()));
    }

    void unpin(ColdPlan plan) {
        plan.runs().forEach(run -> readers.unpin(run.segment()));
    }

    /// @return nothing when the offset lies in a gap behind what the plan covers
    /// @throws LogException.Damaged when the first batch is damaged
    /// @throws LogException.Unreadable when the first batch cannot be read now
    LogSlice read(ColdPlan plan, int maxBytes) {
        var found = new Found(plan, maxBytes);
        for (ColdPlan.Run run : plan.runs()) {
            long bad = read(run, found);
            if (bad >= 0) {
                damage.damaged("%s at %s + %d".formatted(plan.log(), run.segment(), run.address() + bad));
                if (found.batches.isEmpty()) {
                    throw new LogException.Damaged(
                            "records of %s from %d on".formatted(plan.log(), plan.offset()),
                            nextOffset(plan, run, bad));
                }
            }
            if (bad != WHOLE || found.isFull) {
                break;
            }
        }
        return Slices.of(found.batches);
    }

    /// What was read for one request so far.
    private static final class Found {
        final LogId log;
        final List<RecordBatch> batches = new ArrayList<>();
        private final long from;
        private final int maxBytes;
        private int total;
        boolean isFull;

        Found(ColdPlan plan, int maxBytes) {
            this.log = plan.log();
            this.from = plan.offset();
            this.maxBytes = maxBytes;
        }

        /// @return whether there was room for it, or it was not wanted
        boolean take(RecordBatch batch) {
            if (batch.lastOffset() < from) {
                return true;
            }
            if (!batches.isEmpty() && total + batch.sizeInBytes() > maxBytes) {
                isFull = true;
                return false;
            }
            batches.add(batch);
            total += batch.sizeInBytes();
            return true;
        }
    }

    private static long nextOffset(ColdPlan plan, ColdPlan.Run run, long bad) {
        for (int i = 0; i < run.starts().length; i++) {
            if (run.starts()[i] > bad && run.offsets()[i] > plan.offset()) {
                return run.offsets()[i];
            }
        }
        return plan.nextOffset();
    }

    /// @return the first frame that is damaged, relative to the run; or [#WHOLE] or [#UNREADABLE]
    private long read(ColdPlan.Run run, Found found) {
        try {
            return run.dense() ? readDense(run, found) : readSparse(run, found);
        } catch (LogException.Unreadable e) {
            if (found.batches.isEmpty()) {
                throw e;
            }
            // Who asks for the rest is told.
            return UNREADABLE;
        }
    }

    private long readSparse(ColdPlan.Run run, Found found) {
        byte[] bytes = new byte[run.leastBytes()];
        if (!fill(run, 0, bytes, 0)) {
            return 0;
        }
        for (int start : run.starts()) {
            int length = FrameCodec.length(bytes, start, bytes.length);
            if (length < 0 || length > run.limit() - start) {
                return start;
            }
            if (length > bytes.length - start) {
                int have = bytes.length;
                bytes = Arrays.copyOf(bytes, start + length);
                if (!fill(run, have, bytes, have)) {
                    return start;
                }
            }
            RecordBatch batch = batchOf(found.log, bytes, start);
            if (batch == null) {
                return start;
            }
            if (!found.take(batch)) {
                return WHOLE;
            }
        }
        return WHOLE;
    }

    private long readDense(ColdPlan.Run run, Found found) {
        byte[] bytes = new byte[run.limit()];
        if (!fill(run, 0, bytes, 0)) {
            return 0;
        }
        for (int at = 0; at < bytes.length; ) {
            RecordBatch batch = batchOf(found.log, bytes, at);
            if (batch == null) {
                return at;
            }
            if (!found.take(batch)) {
                return WHOLE;
            }
            at += FrameCodec.batchSize(batch);
        }
        return WHOLE;
    }

    private boolean fill(ColdPlan.Run run, int from, byte[] bytes, int at) {
        try {
            readers.reader(run.segment()).read(run.address() + from, ByteBuffer.wrap(bytes, at, bytes.length - at));
            return true;
        } catch (LogException.Damaged | LogException.Unusable _) {
            return false;
        }
    }

    private static @Nullable RecordBatch batchOf(LogId log, byte[] bytes, int at) {
        RecordBatch batch = switch (FrameCodec.decode(bytes, at, bytes.length)) {
            case Frame.Batch frame when frame.log() == log.value() -> frame.batch();
            case Frame.Fanout frame -> frame.batchFor(log);
            case null, default -> null;
        };
        return batch != null && batch.checksumIsValid() ? batch : null;
    }
}

package io.posthorn.log;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries out a [ColdPlan], and believes nothing that it reads: frames and batches are checked. Blocks.
final class ColdReader {
    /// Read beyond the begin of the last frame of a run, whose length only the frame itself knows.
    private static final int FIRST_GUESS = 8 << 10;

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
    LogSlice read(ColdPlan plan, int maxBytes) {
        var batches = new ArrayList<RecordBatch>();
        for (ColdPlan.Run run : plan.runs()) {
            long bad = run.dense() ? readDense(plan, run, maxBytes, batches) : readSparse(plan, run, maxBytes, batches);
            if (bad >= 0) {
                damage.damaged("%s at %s + %d".formatted(plan.log(), run.segment(), run.address() + bad));
                if (batches.isEmpty()) {
                    throw new LogException.Damaged(
                            "records of %s from %d on".formatted(plan.log(), plan.offset()),
                            nextOffset(plan, run, bad));
                }
                break;
            }
        }
        return Slices.of(batches);
    }

    private static long nextOffset(ColdPlan plan, ColdPlan.Run run, long bad) {
        for (int i = 0; i < run.starts().length; i++) {
            if (run.starts()[i] > bad && run.offsets()[i] > plan.offset()) {
                return run.offsets()[i];
            }
        }
        return plan.nextOffset();
    }

    /// @return the first frame that is damaged, relative to the run; -1 when there is none
    private long readSparse(ColdPlan plan, ColdPlan.Run run, int maxBytes, List<RecordBatch> batches) {
        int lastStart = run.starts()[run.starts().length - 1];
        byte[] bytes = new byte[Math.min(run.limit(), lastStart + FIRST_GUESS)];
        if (!fill(run, 0, bytes, 0)) {
            return 0;
        }
        int total = 0;
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
            if (!batches.isEmpty() && total + length > maxBytes) {
                return -1;
            }
            RecordBatch batch = batchOf(plan.log(), bytes, start);
            if (batch == null) {
                return start;
            }
            total += add(plan, batch, batches);
        }
        return -1;
    }

    private long readDense(ColdPlan plan, ColdPlan.Run run, int maxBytes, List<RecordBatch> batches) {
        byte[] bytes = new byte[run.limit()];
        if (!fill(run, 0, bytes, 0)) {
            return 0;
        }
        int total = 0;
        for (int at = 0; at < bytes.length; ) {
            RecordBatch batch = batchOf(plan.log(), bytes, at);
            if (batch == null) {
                return at;
            }
            if (!batches.isEmpty() && total + batch.sizeInBytes() > maxBytes) {
                return -1;
            }
            total += add(plan, batch, batches);
            at += FrameCodec.batchSize(batch);
        }
        return -1;
    }

    private static int add(ColdPlan plan, RecordBatch batch, List<RecordBatch> batches) {
        if (batch.lastOffset() < plan.offset()) {
            return 0;
        }
        batches.add(batch);
        return batch.sizeInBytes();
    }

    private boolean fill(ColdPlan.Run run, int from, byte[] bytes, int at) {
        try {
            readers.reader(run.segment()).read(run.address() + from, ByteBuffer.wrap(bytes, at, bytes.length - at));
            return true;
        } catch (LogException.Damaged | LogException.Unusable | UncheckedIOException _) {
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

package io.posthorn.verification.simulation;

import io.posthorn.log.Bytes;
import io.posthorn.log.Log;
import io.posthorn.log.LogSlice;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Logs that are read wrongly.
final class MeddledReads {
    private MeddledReads() {}

    /// Every n-th reading is not what was asked for.
    abstract static class Wrong extends ForwardingStorage {
        private final int every;
        private int reads;

        Wrong(LogStorage storage, int every) {
            super(storage);
            this.every = every;
        }

        abstract LogSlice misread(Log log, long offset, LogSlice slice);

        @Override
        Log opened(Log opened) {
            return new OpenLog(opened) {
                @Override
                public @Nullable LogSlice readTail(long offset, int maxBytes) {
                    LogSlice slice = log.readTail(offset, maxBytes);
                    return slice != null && ++reads % every == 0 ? misread(log, offset, slice) : slice;
                }

                @Override
                public LogSlice read(long offset, int maxBytes) {
                    LogSlice slice = log.read(offset, maxBytes);
                    return ++reads % every == 0 ? misread(log, offset, slice) : slice;
                }
            };
        }
    }

    record Slice(List<RecordBatch> batches, LogSlice behind) implements LogSlice {
        @Override
        public void close() {
            behind.close();
        }
    }

    static RecordBatch flipped(RecordBatch batch) {
        var bytes = batch.bytes();
        byte[] copy = Arrays.copyOfRange(bytes.array(), bytes.offset(), bytes.offset() + bytes.length());
        copy[7] ^= 2;
        return RecordBatch.of(new Bytes(copy));
    }
}

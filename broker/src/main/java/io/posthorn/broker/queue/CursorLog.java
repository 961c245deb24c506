package io.posthorn.broker.queue;

import io.posthorn.log.Log;
import io.posthorn.log.LogBounds;
import io.posthorn.log.LogId;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RetentionClass;
import org.jspecify.annotations.Nullable;

/// The log of a partition as a cursor over it has it: under an id of its own, and nothing of it is the cursor's to
/// give up.
public record CursorLog(LogId id, Log log) implements Log {
    @Override
    public LogBounds bounds() {
        return log.bounds();
    }

    @Override
    public long append(RecordBatch batch, boolean sync) {
        throw new UnsupportedOperationException("nothing is appended by way of a cursor");
    }

    @Override
    public @Nullable LogSlice readTail(long offset, int maxBytes) {
        return log.readTail(offset, maxBytes);
    }

    @Override
    public LogSlice read(long offset, int maxBytes) {
        return log.read(offset, maxBytes);
    }

    @Override
    public void trimBefore(long offset) {
        // It is kept for others.
    }

    @Override
    public void keepAs(RetentionClass retention) {
        // As above.
    }

    @Override
    public long closedEnd() {
        return log.closedEnd();
    }

    @Override
    public long closedBytes(long offset) {
        return log.closedBytes(offset);
    }
}

package io.posthorn.broker.queue;

import io.posthorn.log.ForwardingLog;
import io.posthorn.log.Log;
import io.posthorn.log.LogId;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RetentionClass;

/// The log of a partition as a cursor over it has it: under an id of its own, and nothing of it is the cursor's to
/// give up.
public final class CursorLog extends ForwardingLog {
    private final LogId id;

    public CursorLog(LogId id, Log log) {
        super(log);
        this.id = id;
    }

    @Override
    public LogId id() {
        return id;
    }

    @Override
    public long append(RecordBatch batch, boolean sync) {
        throw new IllegalStateException("nothing is appended by way of a cursor: " + id);
    }

    @Override
    public void trimBefore(long offset) {
        // It is kept for others.
    }

    @Override
    public void keepAs(RetentionClass retention) {
        // As above.
    }
}

package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// A log that is another one but for what a subclass does in its own way.
public abstract class ForwardingLog implements Log {
    protected final Log log;

    protected ForwardingLog(Log log) {
        this.log = log;
    }

    @Override
    public LogId id() {
        return log.id();
    }

    @Override
    public LogBounds bounds() {
        return log.bounds();
    }

    @Override
    public long append(RecordBatch batch, boolean sync) {
        return log.append(batch, sync);
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
        log.trimBefore(offset);
    }

    @Override
    public void keepAs(RetentionClass retention) {
        log.keepAs(retention);
    }

    @Override
    public long closedEnd() {
        return log.closedEnd();
    }

    @Override
    public long closedBytes(long offset) {
        return log.closedBytes(offset);
    }

    @Override
    public long bytes() {
        return log.bytes();
    }
}

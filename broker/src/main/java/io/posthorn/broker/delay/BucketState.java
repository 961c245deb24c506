package io.posthorn.broker.delay;

import io.posthorn.broker.queue.Settlements;
import io.posthorn.log.LogId;

/// What of a bucket survives a restart, beside its log.
public record BucketState(LogId log, Span span, Settlements settlements) {
    public BucketState(LogId log, Span span) {
        this(log, span, new Settlements());
    }
}

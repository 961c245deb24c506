package io.posthorn.broker.shard;

/// Takes a shard's events, one after the other.
interface EventSink {
    void write(ShardEvent event);
}

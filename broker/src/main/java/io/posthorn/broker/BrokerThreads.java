package io.posthorn.broker;

import java.util.List;
import java.util.concurrent.Executor;

/// Who runs a broker.
///
/// @param loops run the shards, each shard on one of them
/// @param blocking runs what waits for a disk: each task on a thread of its own, virtual ones
/// @param timer wakes shards that wait for a time
public record BrokerThreads(List<SessionSpec.IoExecutor> loops, Executor blocking, Timer timer) {
    public BrokerThreads {
        loops = List.copyOf(loops);
    }
}

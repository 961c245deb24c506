package io.posthorn.broker.topic;

import java.util.Map;

/// A topic that is to be created.
///
/// The broker acts on `cleanup.policy`, `retention.ms`, `retention.bytes`, `segment.bytes`, `segment.ms`,
/// `delete.retention.ms`, `min.compaction.lag.ms` and `max.message.bytes`, and keeps whatever else it is told. That
/// the values make sense is the protocol's to check.
///
/// @param name `[a-zA-Z0-9._-]{1,249}`, not `.` or `..`
/// @param partitions at least one
public record TopicSpec(String name, int partitions, Map<String, String> config) {
    public TopicSpec {
        config = Map.copyOf(config);
    }
}

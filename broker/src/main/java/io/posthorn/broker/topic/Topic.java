package io.posthorn.broker.topic;

import java.util.List;
import java.util.Map;

/// One topic at one instant. Two that are the same topic, perhaps with other partitions or another configuration, have
/// the same [#id].
public interface Topic {
    /// What a name stands for. Its first creator has decided that.
    enum Kind {
        /// A log of messages that are taken: one partition, what is settled is gone.
        QUEUE,
        /// A log that is kept, made as a queue of type stream: one partition.
        STREAM,
        /// Created as a topic: one partition or more.
        TOPIC
    }

    String name();

    /// Of this topic for ever: one that is deleted and created again has another.
    long id();

    Kind kind();

    /// In order, at least one.
    List<Partition> partitions();

    /// What it was configured with, and nothing else: `retention.ms` to `86400000`. Empty but for [Kind#TOPIC].
    Map<String, String> config();
}

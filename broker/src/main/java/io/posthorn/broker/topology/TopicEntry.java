package io.posthorn.broker.topology;

import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import java.util.List;
import java.util.Map;

/// A queue, a stream or a topic as protocols of event streams see it.
///
/// @param head the first partition; what the name stands for in the topology
/// @param partitions all of them
public record TopicEntry(QueueEntry head, List<QueueEntry> entries, Map<String, String> config) implements Topic {
    /// What is no topic by birth has one partition and nothing to say of itself.
    static TopicEntry of(QueueEntry queue) {
        return new TopicEntry(queue, List.of(queue), Map.of());
    }

    @Override
    public String name() {
        return head.name();
    }

    @Override
    public long id() {
        return head.log().value();
    }

    @Override
    public Kind kind() {
        return head.spec().isStream() ? Kind.STREAM : Kind.QUEUE;
    }

    @Override
    public List<Partition> partitions() {
        return List.copyOf(entries);
    }

    @Override
    public String toString() {
        return head.toString();
    }
}

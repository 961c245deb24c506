package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicDefaults;
import io.posthorn.log.LogId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A queue, a stream or a topic as protocols of event streams see it.
///
/// @param entries its partitions; the first one is what the name stands for in the topology
/// @param config what a topic was configured with
public record TopicEntry(List<QueueEntry> entries, Map<String, String> config) implements Topic {
    public TopicEntry {
        entries = List.copyOf(entries);
        config = Map.copyOf(config);
    }

    /// What was not created as a topic has one partition, and nothing is said of it here.
    static TopicEntry of(QueueEntry queue) {
        return new TopicEntry(List.of(queue), Map.of());
    }

    /// @param logs of its partitions
    static TopicEntry create(String virtualHost, String name, Map<String, String> config, List<LogId> logs) {
        var none = new TopicEntry(List.of(), config);
        return none.with(virtualHost, QueueSpec.topic(name), logs);
    }

    /// With more partitions.
    TopicEntry with(List<LogId> logs) {
        return with(head().virtualHost(), head().spec(), logs);
    }

    private TopicEntry with(String virtualHost, QueueSpec spec, List<LogId> logs) {
        var all = new ArrayList<>(entries);
        for (LogId log : logs) {
            all.add(new QueueEntry(virtualHost, spec, log, null, all.size(), ""));
        }
        return new TopicEntry(all, config);
    }

    TopicEntry with(Map<String, String> changed) {
        return new TopicEntry(entries, changed);
    }

    public QueueEntry head() {
        return entries.getFirst();
    }

    /// How many partitions there are.
    int size() {
        return entries.size();
    }

    List<LogId> logs() {
        return entries.stream().map(QueueEntry::log).toList();
    }

    /// What the partitions of a topic are to do: its configuration by its own words, and what holds otherwise.
    Arguments arguments(TopicDefaults defaults) {
        var values = new LinkedHashMap<String, @Nullable Object>(
                head().spec().arguments().values());
        var sorted = new TreeMap<>(defaults.config());
        sorted.putAll(config);
        values.putAll(sorted);
        return new Arguments(values);
    }

    @Override
    public String name() {
        return head().name();
    }

    @Override
    public long id() {
        return head().log().value();
    }

    @Override
    public Kind kind() {
        if (head().spec().isTopic()) {
            return Kind.TOPIC;
        }
        return head().spec().isStream() ? Kind.STREAM : Kind.QUEUE;
    }

    @Override
    public List<Partition> partitions() {
        return List.copyOf(entries);
    }

    @Override
    public String toString() {
        return "topic '" + name() + "' in vhost '" + head().virtualHost() + "'";
    }
}

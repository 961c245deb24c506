package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException.AlreadyExists;
import io.posthorn.broker.BrokerException.LimitReached;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.broker.topology.TopologyChange.CursorDeclared;
import io.posthorn.broker.topology.TopologyChange.PartitionsAdded;
import io.posthorn.broker.topology.TopologyChange.TopicConfigured;
import io.posthorn.broker.topology.TopologyChange.TopicCreated;
import java.util.List;
import java.util.Map;

/// What may be created as a topic, and what may become of it; checked against what is there, and made.
final class TopicRules {
    /// Each is a log of its own.
    private static final int MOST_PARTITIONS = 10_000;

    private TopicRules() {}

    /// The names of Kafka's metrics know no difference between these letters, so no two topics differ by them only.
    static String spelling(String name) {
        return name.replace('.', '_');
    }

    /// @param mayBeInternal whether the names that protocols keep for themselves may be given
    static TopicEntry create(Cascade after, String virtualHost, TopicSpec spec, boolean mayBeInternal) {
        var host = after.topology().virtualHost(virtualHost);
        String name = spec.name();
        checkName(name, mayBeInternal);
        if (host.queue(name) != null) {
            throw new AlreadyExists("there is a " + text(host, name) + " already");
        }
        String similar = host.topicSpelledLike(name);
        if (similar != null) {
            throw new PreconditionFailed("topic '" + name + "' collides with an existing topic: '" + similar + "'");
        }
        checkLimits(after.topology(), host, name, spec.partitions());
        if (spec.partitions() < 1) {
            throw new PreconditionFailed("topic '" + name + "' needs a partition");
        }
        after.apply(new TopicCreated(
                virtualHost, name, spec.config(), after.topology().nextLogs(spec.partitions())));
        return topic(after, virtualHost, name);
    }

    private static void checkName(String name, boolean mayBeInternal) {
        if (!Names.isOfTopic(name)) {
            throw new PreconditionFailed("topic name '" + name + "' is not legal: it takes 1 to 249 of the letters"
                    + " a-z, A-Z, 0-9, '.', '_' and '-'");
        }
        if (Names.isReserved(name)) {
            throw new PreconditionFailed("topic name '" + name + "' contains reserved prefix 'amq.*'");
        }
        if (Names.isInternal(name) && !mayBeInternal) {
            throw new PreconditionFailed("topic name '" + name + "' is reserved");
        }
    }

    private static String text(VirtualHost host, String name) {
        return host.topics().containsKey(name) ? Texts.topic(host.name(), name) : Texts.queue(host.name(), name);
    }

    private static void checkLimits(Topology topology, VirtualHost host, String name, int partitions) {
        long limit = topology.virtualHostLimits(host.name()).getOrDefault("max-queues", -1L);
        if (limit >= 0 && host.queues().size() >= limit && !Names.isInternal(name)) {
            throw new LimitReached("cannot create topic '" + name + "': queue limit in vhost '" + host.name() + "' ("
                    + limit + ") is reached");
        }
        checkPartitions(name, partitions);
    }

    private static void checkPartitions(String name, int partitions) {
        if (partitions > MOST_PARTITIONS) {
            throw new LimitReached(
                    "topic '" + name + "' can have " + MOST_PARTITIONS + " partitions at most, not " + partitions);
        }
    }

    static TopicEntry addPartitions(Cascade after, TopicEntry topic, int partitions) {
        var now = existing(after, topic);
        if (partitions <= now.size()) {
            throw new PreconditionFailed(now + " has " + now.size() + " partitions, which cannot become " + partitions);
        }
        checkPartitions(now.name(), partitions);
        String host = now.head().virtualHost();
        int more = partitions - now.size();
        after.apply(new PartitionsAdded(
                host, now.name(), now.size(), after.topology().nextLogs(more)));
        // Whoever takes messages from all partitions takes them from those, too.
        for (String cursor :
                after.topology().virtualHost(host).cursorsOf(now.name()).keySet()) {
            after.apply(new CursorDeclared(
                    host,
                    now.name(),
                    cursor,
                    now.size(),
                    CursorPart.of(after.topology().nextLogs(more), List.of())));
        }
        return topic(after, host, now.name());
    }

    static TopicEntry configure(Cascade after, TopicEntry topic, Map<String, String> config) {
        var now = existing(after, topic);
        String host = now.head().virtualHost();
        after.apply(new TopicConfigured(host, now.name(), Map.copyOf(config)));
        return topic(after, host, now.name());
    }

    /// @param queue the first partition of a topic, or a stream
    /// @param starts where it begins in the first partitions; in others with the first record
    static List<QueueEntry> declareCursor(Cascade after, QueueEntry queue, String cursor, List<Long> starts) {
        if (!after.topology().isThere(queue)) {
            throw new NotFound("no " + queue);
        }
        if (!queue.spec().isKept()) {
            throw new PreconditionFailed(queue + " is its own cursor");
        }
        String host = queue.virtualHost();
        if (!after.topology().virtualHost(host).cursorsOf(queue.name()).containsKey(cursor)) {
            int parts = after.topology().partitionsOf(queue).size();
            after.apply(new CursorDeclared(
                    host,
                    queue.name(),
                    cursor,
                    0,
                    CursorPart.of(after.topology().nextLogs(parts), starts)));
        }
        return after.topology().virtualHost(host).cursorsOf(queue.name()).getOrDefault(cursor, List.of());
    }

    private static TopicEntry existing(Cascade after, TopicEntry topic) {
        if (!after.topology().isThere(topic.head())) {
            throw new NotFound("no " + topic);
        }
        if (!topic.head().spec().isTopic()) {
            throw new PreconditionFailed(topic.head() + " is no topic");
        }
        return topic(after, topic.head().virtualHost(), topic.name());
    }

    private static TopicEntry topic(Cascade after, String virtualHost, String name) {
        var topic = after.topology().virtualHost(virtualHost).topics().get(name);
        if (topic == null) {
            throw new NotFound("no " + Texts.topic(virtualHost, name));
        }
        return topic;
    }
}

package io.posthorn.broker.topology;

import io.posthorn.broker.topic.Topic;
import io.posthorn.log.LogId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// The queues, streams and topics of one virtual host. Immutable; a change shares all but a path of the trees.
///
/// @param byName what each name stands for; of a topic, its first partition
/// @param byLog those that protocols of event streams see, by [Topic#id]
/// @param topics those that were created as topics, by name
/// @param spellings of their names, by what metrics make of them: see [TopicRules#spelling]
/// @param cursors those over the logs of streams and topics, by the name of that and their own, part by part
/// @param paused why, of each that is paused
record HostQueues(
        TreePMap<String, QueueEntry> byName,
        TreePMap<Long, QueueEntry> byLog,
        TreePMap<String, TopicEntry> topics,
        TreePMap<String, String> spellings,
        TreePMap<String, TreePMap<String, List<QueueEntry>>> cursors,
        TreePMap<String, String> paused) {
    static final HostQueues NONE = new HostQueues(
            TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    HostQueues with(QueueEntry queue) {
        if (byName.containsKey(queue.name())) {
            return this;
        }
        var seen = queue.isSeenAsTopic() ? byLog.plus(queue.log().value(), queue) : byLog;
        return new HostQueues(byName.plus(queue.name(), queue), seen, topics, spellings, cursors, paused);
    }

    HostQueues with(TopicEntry topic) {
        var named = with(topic.head());
        return byName.containsKey(topic.name())
                ? this
                : new HostQueues(
                        named.byName,
                        named.byLog,
                        topics.plus(topic.name(), topic),
                        spellings.plus(TopicRules.spelling(topic.name()), topic.name()),
                        cursors,
                        paused);
    }

    /// @param first the index of the first of these partitions; those that are there already stay as they are
    HostQueues withPartitions(String name, int first, List<LogId> logs) {
        var topic = topics.get(name);
        return topic == null || first > topic.size() || first + logs.size() <= topic.size()
                ? this
                : replacing(topic.with(logs.subList(topic.size() - first, logs.size())));
    }

    HostQueues withConfig(String name, Map<String, String> config) {
        var topic = topics.get(name);
        return topic == null || topic.config().equals(config) ? this : replacing(topic.with(config));
    }

    private HostQueues replacing(TopicEntry topic) {
        return new HostQueues(byName, byLog, topics.plus(topic.name(), topic), spellings, cursors, paused);
    }

    HostQueues without(String name) {
        var gone = byName.get(name);
        if (gone == null) {
            return this;
        }
        boolean isTopic = topics.containsKey(name);
        return new HostQueues(
                byName.minus(name),
                byLog.minus(gone.log().value()),
                isTopic ? topics.minus(name) : topics,
                isTopic ? spellings.minus(TopicRules.spelling(name)) : spellings,
                cursors.minus(name),
                paused.minus(name));
    }

    /// @param first the index of the first of these parts; those that are there already stay as they are
    HostQueues withCursor(String name, String cursor, int first, List<CursorPart> more) {
        var logs = named(name);
        var known = cursors(name).getOrDefault(cursor, List.of());
        if (first > known.size() || first + more.size() <= known.size() || first + more.size() > logs.size()) {
            return this;
        }
        var parts = new ArrayList<>(known);
        for (int i = known.size(); i < first + more.size(); i++) {
            parts.add(QueueEntry.cursor(logs.get(i), more.get(i - first)));
        }
        return withCursors(name, cursors(name).plus(cursor, List.copyOf(parts)));
    }

    HostQueues withoutCursor(String name, String cursor) {
        return cursors(name).containsKey(cursor)
                ? withCursors(name, cursors(name).minus(cursor))
                : this;
    }

    private HostQueues withCursors(String name, TreePMap<String, List<QueueEntry>> changed) {
        var all = changed.isEmpty() ? cursors.minus(name) : cursors.plus(name, changed);
        return new HostQueues(byName, byLog, topics, spellings, all, paused);
    }

    /// Those over what a name stands for, by their names.
    TreePMap<String, List<QueueEntry>> cursors(String name) {
        var known = cursors.get(name);
        return known == null ? TreePMap.empty() : known;
    }

    HostQueues withPaused(String name, String reason) {
        return !byName.containsKey(name) || reason.equals(paused.get(name))
                ? this
                : new HostQueues(byName, byLog, topics, spellings, cursors, paused.plus(name, reason));
    }

    HostQueues withResumed(String name) {
        return paused.containsKey(name)
                ? new HostQueues(byName, byLog, topics, spellings, cursors, paused.minus(name))
                : this;
    }

    /// Whether it is this queue, or partition, that its name stands for.
    boolean has(QueueEntry queue) {
        if (queue.source() != null) {
            return cursors(queue.name()).values().stream()
                    .anyMatch(parts -> queue.index() < parts.size() && parts.get(queue.index()) == queue);
        }
        if (queue.index() == 0) {
            return byName.get(queue.name()) == queue;
        }
        var topic = topics.get(queue.name());
        return topic != null && queue.index() < topic.size() && topic.entries().get(queue.index()) == queue;
    }

    List<QueueEntry> named(String name) {
        var topic = topics.get(name);
        if (topic != null) {
            return topic.entries();
        }
        var queue = byName.get(name);
        return queue == null ? List.of() : List.of(queue);
    }

    /// All that belongs to a name: what it stands for, behind the cursors over that.
    List<QueueEntry> belongingTo(String name) {
        var all = new ArrayList<QueueEntry>();
        cursors(name).values().forEach(all::addAll);
        all.addAll(named(name));
        return all;
    }

    /// Every queue, and every partition; behind them the cursors.
    List<QueueEntry> all() {
        var all = new ArrayList<>(byName.values());
        for (TopicEntry topic : topics.values()) {
            all.addAll(topic.entries().subList(1, topic.size()));
        }
        cursors.values().forEach(each -> each.values().forEach(all::addAll));
        return all;
    }

    // ---- As protocols of event streams see it

    /// By name.
    List<Topic> seen() {
        var seen = new ArrayList<Topic>(byLog.size());
        for (QueueEntry queue : byName.values()) {
            var topic = seen(queue);
            if (topic != null) {
                seen.add(topic);
            }
        }
        return seen;
    }

    @Nullable
    TopicEntry seen(String name) {
        return seen(byName.get(name));
    }

    @Nullable
    TopicEntry seen(long id) {
        return seen(byLog.get(id));
    }

    private @Nullable TopicEntry seen(@Nullable QueueEntry head) {
        if (head == null || !head.isSeenAsTopic()) {
            return null;
        }
        return head.spec().isTopic() ? topics.get(head.name()) : TopicEntry.of(head);
    }
}

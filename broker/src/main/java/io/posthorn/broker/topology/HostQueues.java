package io.posthorn.broker.topology;

import io.posthorn.broker.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// The queues, streams and topics of one virtual host. Immutable; a change shares all but a path of the trees.
///
/// @param byName what each name stands for; of a topic, its first partition
/// @param byLog those that protocols of event streams see, by [Topic#id]
/// @param paused why, of each that is paused
record HostQueues(
        TreePMap<String, QueueEntry> byName, TreePMap<Long, QueueEntry> byLog, TreePMap<String, String> paused) {
    static final HostQueues NONE = new HostQueues(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    HostQueues with(QueueEntry queue) {
        if (byName.containsKey(queue.name())) {
            return this;
        }
        var seen = queue.isTopic() ? byLog.plus(queue.log().value(), queue) : byLog;
        return new HostQueues(byName.plus(queue.name(), queue), seen, paused);
    }

    HostQueues without(String name) {
        var gone = byName.get(name);
        return gone == null
                ? this
                : new HostQueues(byName.minus(name), byLog.minus(gone.log().value()), paused.minus(name));
    }

    HostQueues withPaused(String name, String reason) {
        return !byName.containsKey(name) || reason.equals(paused.get(name))
                ? this
                : new HostQueues(byName, byLog, paused.plus(name, reason));
    }

    HostQueues withResumed(String name) {
        return paused.containsKey(name) ? new HostQueues(byName, byLog, paused.minus(name)) : this;
    }

    /// By name.
    List<Topic> topics() {
        var topics = new ArrayList<Topic>(byLog.size());
        for (QueueEntry queue : byName.values()) {
            if (queue.isTopic()) {
                topics.add(TopicEntry.of(queue));
            }
        }
        return topics;
    }

    @Nullable
    Topic topic(String name) {
        return topic(byName.get(name));
    }

    @Nullable
    Topic topic(long id) {
        return topic(byLog.get(id));
    }

    private static @Nullable Topic topic(@Nullable QueueEntry head) {
        return head == null || !head.isTopic() ? null : TopicEntry.of(head);
    }
}

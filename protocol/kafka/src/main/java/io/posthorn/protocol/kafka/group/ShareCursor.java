package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.topic.Topic;

/// Which of a topic's cursors a share group has.
public final class ShareCursor {
    /// The one that the consumers of queues share.
    private static final String OF_QUEUES = "";

    private ShareCursor() {}

    /// Each group has one of its own, but for the group that is called as the topic is: it is among the consumers
    /// of the queue of that name. A queue is its own cursor, for every group.
    public static String of(String group, Topic topic) {
        return isOfQueues(group, topic) ? OF_QUEUES : group;
    }

    /// Whether the group shares with the consumers of queues.
    public static boolean isOfQueues(String group, Topic topic) {
        return switch (topic.kind()) {
            case QUEUE -> true;
            case TOPIC -> topic.name().equals(group);
            case STREAM -> false;
        };
    }
}

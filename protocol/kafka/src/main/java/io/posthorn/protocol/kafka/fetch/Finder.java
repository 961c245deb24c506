package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.security.Permission;
import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.Topics;
import io.posthorn.protocol.kafka.Cluster;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Finds the partitions that one request is about, in the topics that there are when it looks first.
final class Finder {
    private final Topics topics;
    private final Cluster cluster;
    private @Nullable Catalogue catalogue;
    private String askedTopic = "";
    private boolean mayReadAsked;

    Finder(Topics topics, Cluster cluster) {
        this.topics = topics;
        this.cluster = cluster;
    }

    /// @param topic the name; empty when nobody knows it
    record Found(String topic, @Nullable Partition partition, Errors error) {}

    /// @param lastName of the topic of this id, when it was known already
    Found find(FetchedPartition.Key key, String lastName) {
        if (key.topicId().equals(Uuid.ZERO_UUID)) {
            return find(key.topic(), catalogue().named(key.topic()), key.index());
        }
        Topic topic = catalogue().identified(cluster.numberOf(key.topicId()));
        if (topic != null) {
            return find(topic.name(), topic, key.index());
        }
        if (lastName.isEmpty()) {
            return new Found("", null, Errors.UNKNOWN_TOPIC_ID);
        }
        boolean hasSuccessor = catalogue().named(lastName) != null;
        return new Found(
                lastName, null, hasSuccessor ? Errors.INCONSISTENT_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static Found find(String name, @Nullable Topic topic, int index) {
        if (topic == null || index < 0 || index >= topic.partitions().size()) {
            return new Found(name, null, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return new Found(name, topic.partitions().get(index), Errors.NONE);
    }

    /// Many partitions of one topic come in a row, mostly.
    boolean mayRead(String topic) {
        if (!topic.equals(askedTopic)) {
            mayReadAsked = topics.permits(Permission.READ, topic);
            askedTopic = topic;
        }
        return mayReadAsked;
    }

    private Catalogue catalogue() {
        Catalogue known = catalogue;
        if (known == null) {
            known = topics.catalogue();
            catalogue = known;
        }
        return known;
    }
}

package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.security.Permission;
import io.posthorn.broker.topic.LeaseHolder;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.Topics;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.group.ShareCursor;
import java.util.Objects;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A partition as one member of a share group has it. Confined to the io thread of its connection.
final class SharedPartition {
    /// By what clients call it.
    record Key(Uuid topicId, int index) {}

    private final ShareSession.Owner owner;
    private final Key key;
    private String topic = "";
    private @Nullable Partition partition;
    private @Nullable LeaseHolder holder;

    /// Whether the group shares with the consumers of queues.
    private boolean isOfQueues;

    SharedPartition(ShareSession.Owner owner, Key key) {
        this.owner = owner;
        this.key = key;
    }

    Key key() {
        return key;
    }

    /// As answers are keyed.
    TopicIdPartition id() {
        return new TopicIdPartition(key.topicId(), new TopicPartition(topic, key.index()));
    }

    /// Looks where it is now, and whether the member may have of it.
    Errors find(Topics topics, Cluster cluster) {
        Topic found = topics.catalogue().identified(cluster.numberOf(key.topicId()));
        if (found == null) {
            close();
            return Errors.UNKNOWN_TOPIC_ID;
        }
        topic = found.name();
        if (!topics.may(Permission.READ, topic)) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        if (key.index() < 0 || key.index() >= found.partitions().size()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (holder == null) {
            try {
                Partition now = found.partitions().get(key.index());
                holder = topics.cursors().open(now, ShareCursor.of(owner.group(), found), owner.member());
                partition = now;
                isOfQueues = ShareCursor.isOfQueues(owner.group(), found);
            } catch (BrokerException noCursor) {
                return KafkaErrors.of(noCursor);
            }
        }
        return Errors.NONE;
    }

    /// Whether it was found, and the member may have something of it.
    boolean isOpen() {
        return holder != null;
    }

    String topic() {
        return topic;
    }

    /// After it was found.
    LeaseHolder holder() {
        return Objects.requireNonNull(holder);
    }

    /// What holds here of what the group is configured with; after it was found.
    LeaseRules rules(LeaseRules ofGroup) {
        return isOfQueues ? ofGroup.amongConsumers() : ofGroup;
    }

    /// After it was found.
    Partition partition() {
        return Objects.requireNonNull(partition);
    }

    /// Gives back what is leased; it can be found again.
    void close() {
        if (holder != null) {
            holder.close();
            holder = null;
            partition = null;
        }
    }
}

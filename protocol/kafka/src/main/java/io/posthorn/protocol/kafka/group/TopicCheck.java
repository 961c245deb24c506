package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Which topics a request means, by name or by id, and whether its user may. Confined to the io thread of a request.
record TopicCheck(Catalogue catalogue, Cluster cluster, Predicate<String> allowed, boolean byId) {
    static TopicCheck of(KafkaRequest request, Cluster cluster, Predicate<String> allowed, boolean byId) {
        return new TopicCheck(request.topics().catalogue(), cluster, allowed, byId);
    }

    /// What one topic of a request has turned out to be.
    ///
    /// @param error not [Errors#NONE] when it is no topic for this request
    record Found(String name, Uuid id, int partitions, Errors error) {
        boolean is() {
            return error == Errors.NONE;
        }

        boolean has(int partition) {
            return is() && partition >= 0 && partition < partitions;
        }

        /// Of a partition that it has not.
        Errors partitionError() {
            return is() ? Errors.UNKNOWN_TOPIC_OR_PARTITION : error;
        }
    }

    Found find(String name, Uuid id) {
        Topic topic = byId ? catalogue.identified(cluster.numberOf(id)) : catalogue.named(name);
        if (byId && topic == null) {
            return new Found(name, id, 0, Errors.UNKNOWN_TOPIC_ID);
        }
        return found(topic == null ? name : topic.name(), id, topic);
    }

    private Found found(String name, Uuid id, @Nullable Topic topic) {
        if (!allowed.test(name)) {
            return new Found(name, id, 0, Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        return topic == null
                ? new Found(name, id, 0, Errors.UNKNOWN_TOPIC_OR_PARTITION)
                : new Found(name, cluster.idOf(topic), topic.partitions().size(), Errors.NONE);
    }

    /// Its id; zero when there is no topic of that name.
    Uuid idOf(String name) {
        Topic topic = catalogue.named(name);
        return topic == null ? Uuid.ZERO_UUID : cluster.idOf(topic);
    }
}

package io.posthorn.protocol.kafka;

import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Topic;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidTopicException;

/// Kafka's rules for names of topics.
public final class TopicNames {
    private TopicNames() {}

    /// Why no topic can have this name; empty when one could.
    public static Optional<String> fault(String name) {
        try {
            org.apache.kafka.common.internals.Topic.validate(name);
            return Optional.empty();
        } catch (InvalidTopicException invalid) {
            return Optional.of(String.valueOf(invalid.getMessage()));
        }
    }

    /// A topic that is there and differs from this name by dots and underscores only. Kafka's metrics could
    /// not tell them apart, so that it has never both, and clients do not expect it.
    public static Optional<String> collision(String name, Catalogue catalogue) {
        if (!org.apache.kafka.common.internals.Topic.hasCollisionChars(name)) {
            return Optional.empty();
        }
        for (Topic topic : catalogue.topics()) {
            if (!topic.name().equals(name)
                    && topic.name().length() == name.length()
                    && org.apache.kafka.common.internals.Topic.hasCollision(topic.name(), name)) {
                return Optional.of(topic.name());
            }
        }
        return Optional.empty();
    }

    /// Whether coordinators keep there what they know.
    public static boolean isInternal(String name) {
        return org.apache.kafka.common.internals.Topic.isInternal(name);
    }
}

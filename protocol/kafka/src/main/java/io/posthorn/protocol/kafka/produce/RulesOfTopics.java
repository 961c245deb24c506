package io.posthorn.protocol.kafka.produce;

import io.posthorn.broker.topic.Topic;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Remembers what topics ask of batches, as long as their configuration is the one that was read.
/// Thread-safe.
final class RulesOfTopics {
    /// Topics come and go; what is forgotten is only read once more.
    private static final int MOST = 20_000;

    private final int messageBytes;
    private final Map<Long, Known> known = new ConcurrentHashMap<>();

    private record Known(Map<String, String> config, TopicRules rules) {}

    /// @param messageBytes how large a batch may be where its topic does not say it
    RulesOfTopics(int messageBytes) {
        this.messageBytes = messageBytes;
    }

    TopicRules of(Topic topic) {
        Known remembered = known.get(topic.id());
        Map<String, String> config = topic.config();
        if (remembered != null && remembered.config().equals(config)) {
            return remembered.rules();
        }
        if (known.size() >= MOST) {
            known.clear();
        }
        TopicRules rules = TopicRules.of(topic, messageBytes);
        known.put(topic.id(), new Known(config, rules));
        return rules;
    }
}

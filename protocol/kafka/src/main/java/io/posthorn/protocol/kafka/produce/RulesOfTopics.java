package io.posthorn.protocol.kafka.produce;

import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicDefaults;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Remembers what topics ask of batches, as long as their configuration and its defaults are those that were read.
/// Thread-safe.
final class RulesOfTopics {
    /// Topics come and go; what is forgotten is only read once more.
    private static final int MOST = 20_000;

    private final int messageBytes;
    private final Map<Long, Known> known = new ConcurrentHashMap<>();

    private record Known(Map<String, String> config, TopicDefaults defaults, TopicRules rules) {
        boolean isOf(Map<String, String> config, TopicDefaults defaults) {
            return this.config.equals(config) && this.defaults.equals(defaults);
        }
    }

    /// @param messageBytes how large a batch may be where nobody says it
    RulesOfTopics(int messageBytes) {
        this.messageBytes = messageBytes;
    }

    /// @param defaults what holds where the topic says nothing
    TopicRules of(Topic topic, TopicDefaults defaults) {
        Known remembered = known.get(topic.id());
        Map<String, String> config = topic.config();
        if (remembered != null && remembered.isOf(config, defaults)) {
            return remembered.rules();
        }
        if (known.size() >= MOST) {
            known.clear();
        }
        TopicRules rules = TopicRules.of(topic, defaults, messageBytes);
        known.put(topic.id(), new Known(config, defaults, rules));
        return rules;
    }
}

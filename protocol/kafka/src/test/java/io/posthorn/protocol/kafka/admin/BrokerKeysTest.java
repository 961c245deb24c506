package io.posthorn.protocol.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.topic.TopicDefaults;
import java.util.HashMap;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.junit.jupiter.api.Test;

class BrokerKeysTest {
    /// The broker knows them without Kafka's classes.
    @Test
    void whatTopicsAreConfiguredWithIsSaidOfBrokersByKafkasNames() {
        var kafkas = new HashMap<String, String>();
        ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.forEach((topics, brokers) -> kafkas.put(brokers, topics));
        assertThat(TopicDefaults.keysOfTopics()).isEqualTo(kafkas);
    }
}

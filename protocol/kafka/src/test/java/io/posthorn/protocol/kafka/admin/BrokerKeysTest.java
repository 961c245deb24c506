package io.posthorn.protocol.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.topic.TopicDefaults;
import java.util.HashMap;
import java.util.Map;
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

    @Test
    void whatNobodyKnowsMayBeSecret() {
        assertThat(BrokerKeys.isSensitive("my.plugin.password")).isTrue();
        assertThat(BrokerKeys.isSensitive("ssl.key.password")).isTrue();
        assertThat(BrokerKeys.isSensitive("log.retention.ms")).isFalse();
    }

    /// The broker reads single words only.
    @Test
    void whatKafkasRulesReadIsToldInOneWord() {
        Map<String, String> plain = BrokerKeys.plain(Map.of(
                "log.cleanup.policy", "compact, delete ",
                "log.retention.ms", " 86400000",
                "log.preallocate", "TRUE ",
                "log.cleaner.min.cleanable.ratio", " 0.25",
                "compression.type", "\tgzip"));
        assertThat(plain)
                .isEqualTo(Map.of(
                        "log.cleanup.policy", "compact,delete",
                        "log.retention.ms", "86400000",
                        "log.preallocate", "true",
                        "log.cleaner.min.cleanable.ratio", "0.25",
                        "compression.type", "gzip"));
        plain.forEach((key, value) -> assertThat(new Parameter("/", "kafka-brokers", key, '"' + value + '"').word())
                .isEqualTo(value));
    }
}

package io.posthorn.protocol.kafka.admin;

import io.posthorn.broker.topic.TopicDefaults;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.internals.BrokerSecurityConfigs;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.coordinator.transaction.TransactionLogConfig;
import org.apache.kafka.coordinator.transaction.TransactionStateManagerConfig;
import org.apache.kafka.server.config.QuotaConfig;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.server.log.remote.storage.RemoteLogManagerConfig;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.LogConfig;

/// The keys by which brokers are configured, with Kafka's own rules, defaults and explanations.
final class BrokerKeys {
    private static final Map<String, ConfigKey> KEYS = new TreeMap<>();

    /// Several words for one thing, the first of which goes first.
    private static final List<List<String>> SYNONYMS = List.of(
            List.of("log.retention.ms", "log.retention.minutes", "log.retention.hours"),
            List.of("log.roll.ms", "log.roll.hours"),
            List.of("log.roll.jitter.ms", "log.roll.jitter.hours"));

    private static final Set<String> CHANGEABLE =
            new TreeSet<>(TopicDefaults.keysOfTopics().keySet());
    private static final ConfigDef CHANGES = new ConfigDef();

    /// Of parts of Kafka that are not here, and still said of this broker.
    private static final ConfigDef OF_SOCKETS = new ConfigDef()
            .define("node.id", ConfigDef.Type.INT, ConfigDef.NO_DEFAULT_VALUE, Importance.HIGH, "The id of this node.")
            .define("process.roles", ConfigDef.Type.LIST, "", Importance.HIGH, "What this node is.")
            .define(
                    "listeners",
                    ConfigDef.Type.LIST,
                    "PLAINTEXT://:9092",
                    Importance.HIGH,
                    "Where this connection was taken.")
            .define(
                    "advertised.listeners",
                    ConfigDef.Type.LIST,
                    null,
                    Importance.HIGH,
                    "Where clients are told to come back to.")
            .define(
                    "socket.request.max.bytes",
                    ConfigDef.Type.INT,
                    104_857_600,
                    Importance.HIGH,
                    "The largest request.")
            .define(
                    "connections.max.idle.ms",
                    ConfigDef.Type.LONG,
                    600_000L,
                    Importance.MEDIUM,
                    "After this silence a connection ends.")
            .define(
                    "default.replication.factor",
                    ConfigDef.Type.INT,
                    1,
                    Importance.MEDIUM,
                    "How often each record is kept.");

    static {
        Stream.of(
                        BrokerSecurityConfigs.CONFIG_DEF,
                        CleanerConfig.CONFIG_DEF,
                        GroupCoordinatorConfig.CONFIG_DEF,
                        LogConfig.SERVER_CONFIG_DEF,
                        OF_SOCKETS,
                        QuotaConfig.CONFIG_DEF,
                        RemoteLogManagerConfig.configDef(),
                        ServerConfigs.CONFIG_DEF,
                        ShareGroupConfig.CONFIG_DEF,
                        TransactionLogConfig.CONFIG_DEF,
                        TransactionStateManagerConfig.CONFIG_DEF)
                .flatMap(part -> part.configKeys().values().stream())
                .filter(key -> !key.internalConfig)
                .forEach(key -> KEYS.put(key.name, key));
        CHANGEABLE.add(TopicDefaults.PRODUCER_EXPIRATION);
        CHANGEABLE.add(TransactionStateManagerConfig.TRANSACTIONAL_ID_EXPIRATION_MS_CONFIG);
        for (String name : CHANGEABLE) {
            // What belongs to a part of Kafka that is not here is called the same where it is a topic's.
            CHANGES.define(KEYS.computeIfAbsent(name, LogConfig.configKeys()::get));
        }
    }

    private BrokerKeys() {}

    static Set<String> names() {
        return KEYS.keySet();
    }

    /// Empty for what is said of this broker and is no key of Kafka's, or of a part of Kafka that is not here.
    static Optional<ConfigKey> named(String name) {
        return Optional.ofNullable(KEYS.get(name));
    }

    /// Whether it can be changed at run time: whatever goes for topics, and how long is remembered who is idle.
    static boolean isChangeable(String name) {
        return CHANGEABLE.contains(name);
    }

    /// Whether its value is nobody's business. Of a key that nobody knows it may be, as in Kafka.
    static boolean isSensitive(String name) {
        return named(name).map(key -> key.type == ConfigDef.Type.PASSWORD).orElse(true);
    }

    /// What these values of keys that can be changed are read as, told without the spaces and the like that Kafka's
    /// rules allow: `compact, delete` is `compact,delete`.
    ///
    /// @throws ConfigException when one makes no sense
    static Map<String, String> plain(Map<String, String> config) {
        Map<String, Object> parsed = CHANGES.parse(config);
        Map<String, String> plain = new TreeMap<>();
        for (ConfigKey key : CHANGES.configKeys().values()) {
            if (config.containsKey(key.name)) {
                plain.put(key.name, ConfigDef.convertToString(parsed.get(key.name), key.type));
            }
        }
        return plain;
    }

    /// By which names the same is said, the one that goes first before the others.
    static List<String> synonyms(String name) {
        if (name.equals("log.flush.interval.ms")) {
            return List.of(name, "log.flush.scheduler.interval.ms");
        }
        return SYNONYMS.stream()
                .filter(synonyms -> synonyms.contains(name))
                .findFirst()
                .orElse(List.of(name));
    }
}

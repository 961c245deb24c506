package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.KafkaSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.jspecify.annotations.Nullable;

/// The broker's own configuration in Kafka's keys: those that clients, tools and user interfaces look for.
/// None of it can be changed by this door. Immutable.
final class BrokerConfigs {
    private final Map<String, Entry> entries = new TreeMap<>();

    private record Entry(
            String value,
            ConfigType type,
            ConfigSource source,
            @Nullable String documentation) {}

    /// @param listener as `PLAINTEXT://127.0.0.1:9092`
    BrokerConfigs(KafkaSettings settings, String listener) {
        defaultsOfTopics();
        String node = Integer.toString(KafkaSettings.NODE_ID);
        chosen("broker.id", node, ConfigType.INT);
        chosen("node.id", node, ConfigType.INT);
        chosen("process.roles", "broker,controller", ConfigType.LIST);
        chosen("listeners", listener, ConfigType.LIST);
        chosen("advertised.listeners", listener, ConfigType.LIST);
        chosen("log.dirs", LogDirsHandler.DIRECTORY, ConfigType.LIST);
        chosen("log.dir", LogDirsHandler.DIRECTORY, ConfigType.STRING);
        chosen("num.partitions", Integer.toString(settings.partitions()), ConfigType.INT);
        chosen("auto.create.topics.enable", Boolean.toString(settings.autoCreateTopics()), ConfigType.BOOLEAN);
        chosen("socket.request.max.bytes", Integer.toString(settings.requestBytes()), ConfigType.INT);
        chosen("message.max.bytes", Integer.toString(settings.messageBytes()), ConfigType.INT);
        chosen("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512", ConfigType.LIST);
        fixed("default.replication.factor", "1", ConfigType.INT);
        fixed("min.insync.replicas", "1", ConfigType.INT);
        fixed("unclean.leader.election.enable", "false", ConfigType.BOOLEAN);
        fixed("delete.topic.enable", "true", ConfigType.BOOLEAN);
        fixed("auto.leader.rebalance.enable", "false", ConfigType.BOOLEAN);
        fixed("inter.broker.protocol.version", "4.4-IV1", ConfigType.STRING);
        fixed("log.message.format.version", "3.0-IV1", ConfigType.STRING);
        fixed("offsets.topic.replication.factor", "1", ConfigType.SHORT);
        fixed("transaction.state.log.replication.factor", "1", ConfigType.SHORT);
        fixed("transaction.state.log.min.isr", "1", ConfigType.INT);
        fixed("connections.max.idle.ms", "600000", ConfigType.LONG);
        fixed("compression.type", "producer", ConfigType.STRING);
        fixed("log.retention.hours", "168", ConfigType.INT);
        fixed("log.roll.hours", "168", ConfigType.INT);
        fixed("authorizer.class.name", "", ConfigType.STRING);
        fixed("super.users", "", ConfigType.STRING);
    }

    private void defaultsOfTopics() {
        for (ConfigKey key : LogConfig.SERVER_CONFIG_DEF.configKeys().values()) {
            if (!key.internalConfig) {
                String value = ConfigDef.convertToString(key.defaultValue, key.type);
                entries.put(
                        key.name,
                        new Entry(
                                value == null ? "" : value,
                                ConfigTypes.of(key.type),
                                ConfigSource.DEFAULT_CONFIG,
                                key.documentation));
            }
        }
    }

    private void chosen(String name, String value, ConfigType type) {
        entries.put(name, new Entry(value, type, ConfigSource.STATIC_BROKER_CONFIG, null));
    }

    private void fixed(String name, String value, ConfigType type) {
        entries.put(name, new Entry(value, type, ConfigSource.DEFAULT_CONFIG, null));
    }

    /// @param wanted null for all keys
    List<DescribeConfigsResourceResult> describe(
            @Nullable Collection<String> wanted, boolean synonyms, boolean documentation) {
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        entries.forEach((name, entry) -> {
            if (wanted == null || wanted.contains(name)) {
                results.add(new DescribeConfigsResourceResult()
                        .setName(name)
                        .setValue(entry.value())
                        .setReadOnly(true)
                        .setConfigSource(entry.source().id())
                        .setConfigType(entry.type().id())
                        .setDocumentation(documentation ? entry.documentation() : null)
                        .setSynonyms(synonyms ? List.of(itself(name, entry)) : List.of()));
            }
        });
        return results;
    }

    private static DescribeConfigsSynonym itself(String name, Entry entry) {
        return new DescribeConfigsSynonym()
                .setName(name)
                .setValue(entry.value())
                .setSource(entry.source().id());
    }
}

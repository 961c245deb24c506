package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.jspecify.annotations.Nullable;

/// The keys by which topics are configured, with Kafka's own rules, defaults and explanations. Immutable.
final class TopicConfigs {
    private final Map<String, ConfigKey> keys = new TreeMap<>();
    private final KafkaSettings settings;
    private final KeptBrokerConfigs broker;

    TopicConfigs(KafkaSettings settings, KeptBrokerConfigs broker) {
        for (String name : LogConfig.nonInternalConfigNames()) {
            keys.put(name, LogConfig.configKeys().get(name));
        }
        this.settings = settings;
        this.broker = broker;
    }

    /// What is wrong with this configuration.
    static ApiError validate(Map<String, String> config) {
        String isTiered = config.getOrDefault(TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG, "false");
        if (Boolean.parseBoolean(isTiered.trim())) {
            return new ApiError(
                    Errors.INVALID_CONFIG,
                    "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log"
                            + " storage.");
        }
        try {
            LogConfig.validate(Map.of(), config, Map.of(), false);
            return ApiError.NONE;
        } catch (InvalidConfigurationException | ConfigException invalid) {
            return new ApiError(Errors.INVALID_CONFIG, invalid.getMessage());
        }
    }

    /// What a configuration without fault is read as, told without the spaces and the like that Kafka's rules allow:
    /// `compact, delete` is `compact,delete`. Topics are kept so; Kafka keeps what it was given, and tells this.
    static Map<String, String> plain(Map<String, String> config) {
        Map<String, ?> parsed = new LogConfig(config).values();
        Map<String, String> plain = new TreeMap<>();
        config.forEach((name, given) -> {
            ConfigKey key = LogConfig.configKeys().get(name);
            plain.put(
                    name,
                    key == null || key.internalConfig ? given : ConfigDef.convertToString(parsed.get(name), key.type));
        });
        return plain;
    }

    static boolean isList(String key) {
        return LogConfig.configType(key)
                .filter(type -> type == ConfigDef.Type.LIST)
                .isPresent();
    }

    /// What Kafka's default is.
    String defaultOf(String key) {
        ConfigKey known = keys.get(key);
        return known == null ? "" : String.valueOf(ConfigDef.convertToString(known.defaultValue, known.type));
    }

    /// @param wanted null for all keys
    List<DescribeConfigsResourceResult> describe(
            Map<String, String> config, @Nullable Collection<String> wanted, boolean synonyms, boolean documentation) {
        var defaults = new BrokerConfigs(settings, broker, null);
        List<DescribeConfigsResourceResult> entries = new ArrayList<>();
        keys.forEach((name, key) -> {
            if (wanted == null || wanted.contains(name)) {
                List<DescribeConfigsSynonym> said = said(name, config, defaults);
                var first = first(name, said);
                entries.add(new DescribeConfigsResourceResult()
                        .setName(name)
                        .setValue(first.value())
                        .setConfigSource(first.source())
                        .setSynonyms(synonyms ? said : List.of())
                        .setConfigType(ConfigTypes.of(key.type).id())
                        .setDocumentation(documentation ? key.documentation : null));
            }
        });
        return entries;
    }

    /// What is said of a key, by the topic and by the broker, what holds before the rest.
    private static List<DescribeConfigsSynonym> said(String key, Map<String, String> config, BrokerConfigs defaults) {
        List<DescribeConfigsSynonym> all = new ArrayList<>();
        String chosen = config.get(key);
        if (chosen != null) {
            all.add(new DescribeConfigsSynonym()
                    .setName(key)
                    .setValue(chosen)
                    .setSource(ConfigSource.TOPIC_CONFIG.id()));
        }
        String onBroker = ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.get(key);
        if (onBroker != null) {
            all.addAll(defaults.synonyms(onBroker));
        }
        return all;
    }

    private DescribeConfigsSynonym first(String key, List<DescribeConfigsSynonym> said) {
        return said.isEmpty()
                ? new DescribeConfigsSynonym()
                        .setName(key)
                        .setValue(defaultOf(key))
                        .setSource(ConfigSource.DEFAULT_CONFIG.id())
                : said.getFirst();
    }

    /// The same for the answer to a creation.
    List<CreatableTopicConfigs> created(Map<String, String> config) {
        var defaults = new BrokerConfigs(settings, broker, null);
        List<CreatableTopicConfigs> entries = new ArrayList<>();
        for (String name : keys.keySet()) {
            var first = first(name, said(name, config, defaults));
            entries.add(new CreatableTopicConfigs()
                    .setName(name)
                    .setValue(first.value())
                    .setConfigSource(first.source()));
        }
        return entries;
    }
}

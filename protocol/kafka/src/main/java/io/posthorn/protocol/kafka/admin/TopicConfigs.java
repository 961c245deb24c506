package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.KafkaSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    /// Whose first name on a broker has no value of its own there, but one that is said in hours or
    /// elsewhere.
    private static final Set<String> WITHOUT_BROKER_DEFAULT = Set.of(
            TopicConfig.RETENTION_MS_CONFIG,
            TopicConfig.SEGMENT_MS_CONFIG,
            TopicConfig.SEGMENT_JITTER_MS_CONFIG,
            TopicConfig.FLUSH_MS_CONFIG);

    private final Map<String, ConfigKey> keys = new TreeMap<>();
    private final int messageBytes;

    TopicConfigs(KafkaSettings settings) {
        for (String name : LogConfig.nonInternalConfigNames()) {
            keys.put(name, LogConfig.configKeys().get(name));
        }
        messageBytes = settings.messageBytes();
    }

    /// What is wrong with this configuration.
    static ApiError validate(Map<String, String> config) {
        if (Boolean.parseBoolean(config.get(TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG))) {
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

    static boolean isList(String key) {
        return LogConfig.configType(key)
                .filter(type -> type == ConfigDef.Type.LIST)
                .isPresent();
    }

    /// What holds where a topic says nothing.
    String defaultOf(String key) {
        if (key.equals(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)) {
            return Integer.toString(messageBytes);
        }
        ConfigKey known = keys.get(key);
        return known == null ? "" : String.valueOf(ConfigDef.convertToString(known.defaultValue, known.type));
    }

    /// @param wanted null for all keys
    List<DescribeConfigsResourceResult> describe(
            Map<String, String> config, @Nullable Collection<String> wanted, boolean synonyms, boolean documentation) {
        List<DescribeConfigsResourceResult> entries = new ArrayList<>();
        keys.forEach((name, key) -> {
            if (wanted == null || wanted.contains(name)) {
                entries.add(describe(key, config, synonyms, documentation));
            }
        });
        return entries;
    }

    private DescribeConfigsResourceResult describe(
            ConfigKey key, Map<String, String> config, boolean synonyms, boolean documentation) {
        Optional<DescribeConfigsSynonym> onBroker = onBroker(key.name);
        List<DescribeConfigsSynonym> all = new ArrayList<>();
        String chosen = config.get(key.name);
        if (chosen != null) {
            all.add(new DescribeConfigsSynonym()
                    .setName(key.name)
                    .setValue(chosen)
                    .setSource(ConfigSource.TOPIC_CONFIG.id()));
        }
        onBroker.ifPresent(all::add);
        return new DescribeConfigsResourceResult()
                .setName(key.name)
                .setValue(chosen == null ? defaultOf(key.name) : chosen)
                .setConfigSource(source(chosen).id())
                .setSynonyms(synonyms ? all : List.of())
                .setConfigType(ConfigTypes.of(key.type).id())
                .setDocumentation(documentation ? key.documentation : null);
    }

    private static ConfigSource source(@Nullable String chosen) {
        return chosen == null ? ConfigSource.DEFAULT_CONFIG : ConfigSource.TOPIC_CONFIG;
    }

    private Optional<DescribeConfigsSynonym> onBroker(String key) {
        String name = ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.get(key);
        return name == null || WITHOUT_BROKER_DEFAULT.contains(key)
                ? Optional.empty()
                : Optional.of(new DescribeConfigsSynonym()
                        .setName(name)
                        .setValue(defaultOf(key))
                        .setSource(ConfigSource.DEFAULT_CONFIG.id()));
    }

    /// The same for the answer to a creation.
    List<CreatableTopicConfigs> created(Map<String, String> config) {
        List<CreatableTopicConfigs> entries = new ArrayList<>();
        for (String name : keys.keySet()) {
            String chosen = config.get(name);
            entries.add(new CreatableTopicConfigs()
                    .setName(name)
                    .setValue(chosen == null ? defaultOf(name) : chosen)
                    .setConfigSource(source(chosen).id()));
        }
        return entries;
    }
}

package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs.Level;
import io.posthorn.protocol.kafka.group.CoordinatorProperties;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.jspecify.annotations.Nullable;

/// The broker's own configuration in Kafka's keys, layer over layer: what was set of it at run time, what it
/// was started with, and what holds otherwise. Immutable.
final class BrokerConfigs {
    /// What Kafka's own default is.
    private static final Map<String, String> DEFAULTS = defaults();

    /// The one that goes first is the first.
    private final List<Layer> layers;

    private record Layer(ConfigSource source, Map<String, String> values) {}

    /// @param listener as `PLAINTEXT://127.0.0.1:9092`; null where nobody asks for it
    BrokerConfigs(KafkaSettings settings, KeptBrokerConfigs kept, @Nullable String listener) {
        layers = List.of(
                new Layer(ConfigSource.DYNAMIC_BROKER_CONFIG, kept.of(Level.NODE)),
                new Layer(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, kept.of(Level.CLUSTER)),
                new Layer(ConfigSource.STATIC_BROKER_CONFIG, chosen(settings, listener)),
                new Layer(ConfigSource.DEFAULT_CONFIG, DEFAULTS));
    }

    private static Map<String, String> defaults() {
        Map<String, String> values = new TreeMap<>();
        for (String name : BrokerKeys.names()) {
            BrokerKeys.named(name)
                    .filter(ConfigKey::hasDefault)
                    .map(key -> ConfigDef.convertToString(key.defaultValue, key.type))
                    .ifPresent(value -> values.put(name, value));
        }
        return Map.copyOf(values);
    }

    private static Map<String, String> chosen(KafkaSettings settings, @Nullable String listener) {
        Map<String, String> values = new TreeMap<>(CoordinatorProperties.of(settings));
        String node = Integer.toString(KafkaSettings.NODE_ID);
        values.put("broker.id", node);
        values.put("node.id", node);
        values.put("process.roles", "broker,controller");
        values.put("log.dirs", LogDirsHandler.DIRECTORY);
        values.put("log.dir", LogDirsHandler.DIRECTORY);
        values.put("num.partitions", Integer.toString(settings.partitions()));
        values.put("auto.create.topics.enable", Boolean.toString(settings.autoCreateTopics()));
        values.put("socket.request.max.bytes", Integer.toString(settings.requestBytes()));
        values.put("offsets.topic.replication.factor", "1");
        values.put("transaction.state.log.min.isr", "1");
        values.put("transaction.state.log.num.partitions", "8");
        values.put("transaction.state.log.replication.factor", "1");
        values.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512");
        values.put("message.max.bytes", Integer.toString(settings.messageBytes()));
        if (listener != null) {
            values.put("listeners", listener);
            values.put("advertised.listeners", listener);
        }
        values.entrySet().removeIf(chosen -> chosen.getValue().equals(DEFAULTS.get(chosen.getKey())));
        return values;
    }

    /// Of this node.
    ///
    /// @param wanted null for all keys
    List<DescribeConfigsResourceResult> describe(
            @Nullable Collection<String> wanted, boolean synonyms, boolean documentation) {
        var names = new TreeSet<>(BrokerKeys.names());
        layers.forEach(layer -> names.addAll(layer.values().keySet()));
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        for (String name : names) {
            if (wanted == null || wanted.contains(name)) {
                results.add(described(name, synonyms(name), synonyms, documentation));
            }
        }
        return results;
    }

    /// What was set for all nodes at run time.
    ///
    /// @param wanted null for all keys
    List<DescribeConfigsResourceResult> describeOfCluster(
            @Nullable Collection<String> wanted, boolean synonyms, boolean documentation) {
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        for (Layer layer : layers) {
            if (layer.source() == ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG) {
                layer.values().keySet().stream()
                        .filter(name -> wanted == null || wanted.contains(name))
                        .map(name -> described(name, ofLayer(layer, name), synonyms, documentation))
                        .forEach(results::add);
            }
        }
        return results;
    }

    private static DescribeConfigsResourceResult described(
            String name, List<DescribeConfigsSynonym> said, boolean synonyms, boolean documentation) {
        Optional<ConfigKey> key = BrokerKeys.named(name);
        var first = said.isEmpty()
                ? new DescribeConfigsSynonym().setValue(null).setSource(ConfigSource.DEFAULT_CONFIG.id())
                : said.getFirst();
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(first.value())
                .setReadOnly(!BrokerKeys.isChangeable(name))
                .setIsSensitive(BrokerKeys.isSensitive(name))
                .setConfigSource(first.source())
                .setConfigType(key.map(known -> ConfigTypes.of(known.type))
                        .orElse(ConfigType.UNKNOWN)
                        .id())
                .setDocumentation(
                        documentation ? key.map(known -> known.documentation).orElse(null) : null)
                .setSynonyms(synonyms ? said : List.of());
    }

    /// What is said of a key, by itself and in other words, what holds before the rest.
    List<DescribeConfigsSynonym> synonyms(String name) {
        return layers.stream()
                .flatMap(layer -> ofLayer(layer, name).stream())
                // What goes first but is said in other words is told of those.
                .dropWhile(synonym -> !synonym.name().equals(name))
                .toList();
    }

    private static List<DescribeConfigsSynonym> ofLayer(Layer layer, String name) {
        return BrokerKeys.synonyms(name).stream()
                .filter(layer.values()::containsKey)
                .map(synonym -> new DescribeConfigsSynonym()
                        .setName(synonym)
                        .setValue(
                                BrokerKeys.isSensitive(name)
                                        ? null
                                        : layer.values().get(synonym))
                        .setSource(layer.source().id()))
                .toList();
    }
}

package io.posthorn.broker.topic;

import io.posthorn.broker.admin.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What topics of one virtual host do where they say nothing themselves, as far as operators have set it at run time.
/// Immutable.
///
/// It is kept as parameters of the virtual host, each a key in the words of Kafka's brokers: `log.retention.ms` to
/// `"86400000"`. They are read here, and not where Kafka is spoken, since topics go by them also as long as nobody
/// speaks Kafka to this broker.
///
/// @param config in the words of topics: `retention.ms` to `86400000`
public record TopicDefaults(Map<String, String> config) {
    /// The component of what goes for all nodes.
    public static final String OF_CLUSTER = "kafka-brokers";

    /// The component of what goes for this node, before that.
    public static final String OF_NODE = "kafka-broker";

    /// How long partitions remember a producer that is idle: no key of topics, but of what partitions do.
    public static final String PRODUCER_EXPIRATION = "producer.id.expiration.ms";

    public static final TopicDefaults NONE = new TopicDefaults(Map.of());

    /// What a key of brokers is called where it is one topic's.
    private static final Map<String, String> OF_TOPICS = Map.ofEntries(
            Map.entry("compression.gzip.level", "compression.gzip.level"),
            Map.entry("compression.lz4.level", "compression.lz4.level"),
            Map.entry("compression.type", "compression.type"),
            Map.entry("compression.zstd.level", "compression.zstd.level"),
            Map.entry("log.cleaner.delete.retention.ms", "delete.retention.ms"),
            Map.entry("log.cleaner.max.compaction.lag.ms", "max.compaction.lag.ms"),
            Map.entry("log.cleaner.min.cleanable.ratio", "min.cleanable.dirty.ratio"),
            Map.entry("log.cleaner.min.compaction.lag.ms", "min.compaction.lag.ms"),
            Map.entry("log.cleanup.policy", "cleanup.policy"),
            Map.entry("log.flush.interval.messages", "flush.messages"),
            Map.entry("log.flush.interval.ms", "flush.ms"),
            Map.entry("log.index.interval.bytes", "index.interval.bytes"),
            Map.entry("log.index.size.max.bytes", "segment.index.bytes"),
            Map.entry("log.local.retention.bytes", "local.retention.bytes"),
            Map.entry("log.local.retention.ms", "local.retention.ms"),
            Map.entry("log.message.timestamp.after.max.ms", "message.timestamp.after.max.ms"),
            Map.entry("log.message.timestamp.before.max.ms", "message.timestamp.before.max.ms"),
            Map.entry("log.message.timestamp.type", "message.timestamp.type"),
            Map.entry("log.preallocate", "preallocate"),
            Map.entry("log.remote.copy.lag.bytes", "remote.copy.lag.bytes"),
            Map.entry("log.remote.copy.lag.ms", "remote.copy.lag.ms"),
            Map.entry("log.retention.bytes", "retention.bytes"),
            Map.entry("log.retention.ms", "retention.ms"),
            Map.entry("log.roll.jitter.ms", "segment.jitter.ms"),
            Map.entry("log.roll.ms", "segment.ms"),
            Map.entry("log.segment.bytes", "segment.bytes"),
            Map.entry("log.segment.delete.delay.ms", "file.delete.delay.ms"),
            Map.entry("max.decompressed.message.bytes", "max.decompressed.message.bytes"),
            Map.entry("message.max.bytes", "max.message.bytes"),
            Map.entry("min.insync.replicas", "min.insync.replicas"),
            Map.entry("unclean.leader.election.enable", "unclean.leader.election.enable"));

    public TopicDefaults {
        config = Map.copyOf(config);
    }

    /// @param parameters all of the virtual host
    public static TopicDefaults of(List<Parameter> parameters) {
        var config = new HashMap<String, String>();
        add(parameters, OF_CLUSTER, config);
        add(parameters, OF_NODE, config);
        return config.isEmpty() ? NONE : new TopicDefaults(config);
    }

    private static void add(List<Parameter> parameters, String component, Map<String, String> config) {
        for (Parameter parameter : parameters) {
            var key = parameter.name().equals(PRODUCER_EXPIRATION)
                    ? PRODUCER_EXPIRATION
                    : OF_TOPICS.get(parameter.name());
            var value = parameter.word();
            if (key != null && value != null && parameter.component().equals(component)) {
                config.put(key, value);
            }
        }
    }

    /// Whether parameters of this component say something here.
    public static boolean isSaidBy(String component) {
        return component.equals(OF_CLUSTER) || component.equals(OF_NODE);
    }

    /// What keys of brokers are called where they are one topic's.
    public static Map<String, String> keysOfTopics() {
        return OF_TOPICS;
    }
}

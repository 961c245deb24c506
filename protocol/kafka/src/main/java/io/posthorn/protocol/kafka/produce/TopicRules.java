package io.posthorn.protocol.kafka.produce;

import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicDefaults;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.internal.CompressionType;
import org.jspecify.annotations.Nullable;

/// What a topic asks of the batches that it takes: its configuration and what holds otherwise, read once.
///
/// @param maxMessageBytes of a batch, as it comes
/// @param maxDecompressedBytes of a record in a compressed batch
/// @param hasAppendTime whether records get the time of their arrival
/// @param beforeMaxMs how far behind the clock the timestamp of a record may be
/// @param afterMaxMs how far before it
/// @param compression what batches are kept in; null for whatever their producer has chosen
record TopicRules(
        boolean isCompacted,
        int maxMessageBytes,
        int maxDecompressedBytes,
        boolean hasAppendTime,
        long beforeMaxMs,
        long afterMaxMs,
        @Nullable Compression compression) {
    private static final long HOUR_MS = 3_600_000;
    private static final String PRODUCER = "producer";
    private static final String UNCOMPRESSED = "uncompressed";

    /// What the values are was checked when they were set; one that makes no sense counts as absent
    /// all the same.
    ///
    /// @param defaults what holds where the topic says nothing
    /// @param messageBytes how large a batch may be where nobody says it
    static TopicRules of(Topic topic, TopicDefaults defaults, int messageBytes) {
        Map<String, String> config = new HashMap<>(defaults.config());
        config.putAll(topic.config());
        String cleanup = config.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "");
        return new TopicRules(
                // Queues and streams are cleaned as they were declared.
                topic.kind() == Topic.Kind.TOPIC && cleanup.contains(TopicConfig.CLEANUP_POLICY_COMPACT),
                (int) number(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, messageBytes),
                (int) number(config, TopicConfig.MAX_DECOMPRESSED_MESSAGE_BYTES_CONFIG, Integer.MAX_VALUE),
                "LogAppendTime".equals(config.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)),
                number(config, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, Long.MAX_VALUE),
                number(config, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, HOUR_MS),
                // Messages of a queue are settled one by one, so it keeps them where they can be got at one by one.
                topic.kind() == Topic.Kind.QUEUE ? Compression.NONE : compression(config));
    }

    private static @Nullable Compression compression(Map<String, String> config) {
        String name = config.getOrDefault(TopicConfig.COMPRESSION_TYPE_CONFIG, PRODUCER);
        return switch (name) {
            case "gzip" ->
                Compression.gzip()
                        .level(level(config, TopicConfig.COMPRESSION_GZIP_LEVEL_CONFIG, CompressionType.GZIP))
                        .build();
            case "lz4" ->
                Compression.lz4()
                        .level(level(config, TopicConfig.COMPRESSION_LZ4_LEVEL_CONFIG, CompressionType.LZ4))
                        .build();
            case "zstd" ->
                Compression.zstd()
                        .level(level(config, TopicConfig.COMPRESSION_ZSTD_LEVEL_CONFIG, CompressionType.ZSTD))
                        .build();
            case "snappy" -> Compression.snappy().build();
            case UNCOMPRESSED -> Compression.NONE;
            default -> null;
        };
    }

    private static int level(Map<String, String> config, String key, CompressionType type) {
        return (int) number(config, key, type.defaultLevel());
    }

    private static long number(Map<String, String> config, String key, long otherwise) {
        String text = config.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException _) {
            return otherwise;
        }
    }
}

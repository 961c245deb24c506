package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.KafkaSettings;
import java.util.Map;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;

/// Our settings, and what we decide for everybody, as Kafka's coordinator is configured.
final class CoordinatorProperties {
    private CoordinatorProperties() {}

    static Map<String, String> of(KafkaSettings settings) {
        return Map.of(
                GroupCoordinatorConfig.GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG,
                Long.toString(settings.rebalanceDelay().toMillis()),
                GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG,
                Integer.toString(OffsetsTopic.PARTITIONS),
                // What the threads do is short; they wait for appends, which one session puts in order anyway.
                GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG,
                "1",
                GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_BACKGROUND_THREADS_CONFIG,
                "1");
    }
}

package io.posthorn.protocol.kafka.group;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;

/// What an operator may decide about groups.
///
/// @param initialRebalanceDelay how long the first rebalance of an empty classic group waits for further members
public record GroupSettings(Duration initialRebalanceDelay) {
    /// Kafka waits 3 s, which is what everybody who starts a first consumer notices. Members that are started together
    /// come within a fraction of a second, and each one that comes makes the wait begin again.
    public static final GroupSettings DEFAULTS = new GroupSettings(Duration.ofMillis(250));

    /// In Kafka's words.
    Map<String, String> properties() {
        return Map.of(
                GroupCoordinatorConfig.GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG,
                Long.toString(initialRebalanceDelay.toMillis()),
                GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG,
                Integer.toString(OffsetsTopic.PARTITIONS),
                // What the threads do is short; they wait for appends, which one session puts in order anyway.
                GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG,
                "1",
                GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_BACKGROUND_THREADS_CONFIG,
                "1");
    }
}

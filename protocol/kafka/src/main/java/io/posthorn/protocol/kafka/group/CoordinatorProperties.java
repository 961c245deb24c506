package io.posthorn.protocol.kafka.group;

import static java.util.Map.entry;

import io.posthorn.protocol.kafka.KafkaSettings;
import java.util.Map;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/// Our settings, and what we decide for everybody, as Kafka's coordinator is configured.
public final class CoordinatorProperties {
    private CoordinatorProperties() {}

    public static Map<String, String> of(KafkaSettings settings) {
        return Map.ofEntries(
                entry(
                        GroupCoordinatorConfig.GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG,
                        Long.toString(settings.rebalanceDelay().toMillis())),
                entry(
                        GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG,
                        Integer.toString(OffsetsTopic.PARTITIONS)),
                // What the threads do is short; they wait for appends, which one session puts in order anyway.
                entry(GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG, "1"),
                entry(GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_BACKGROUND_THREADS_CONFIG, "1"),
                // A share group may notice sooner than Kafka allows that a member has come or gone, or is stuck: its
                // bounds spare a cluster's coordinator, and one node's has less to do.
                entry(GroupCoordinatorConfig.SHARE_GROUP_MIN_HEARTBEAT_INTERVAL_MS_CONFIG, "100"),
                entry(GroupCoordinatorConfig.SHARE_GROUP_MIN_SESSION_TIMEOUT_MS_CONFIG, "1000"),
                entry(ShareGroupConfig.SHARE_GROUP_MIN_RECORD_LOCK_DURATION_MS_CONFIG, "1000"));
    }
}

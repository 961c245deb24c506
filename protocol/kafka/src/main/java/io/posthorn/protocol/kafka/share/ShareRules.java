package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.protocol.kafka.group.GroupConfigs;
import java.util.Optional;
import org.apache.kafka.coordinator.group.GroupConfig;

/// What share groups are configured with, as far as records go. Thread-safe.
record ShareRules(GroupConfigs configs) {
    LeaseRules of(String group) {
        Optional<GroupConfig> config = configs.groupConfig(group);
        var defaults = configs.shareGroups();
        return new LeaseRules(
                config.flatMap(GroupConfig::shareRecordLockDurationMs)
                        .orElseGet(defaults::shareGroupRecordLockDurationMs),
                config.flatMap(GroupConfig::shareDeliveryCountLimit).orElseGet(defaults::shareGroupDeliveryCountLimit),
                config.flatMap(GroupConfig::sharePartitionMaxRecordLocks)
                        .orElseGet(defaults::shareGroupPartitionMaxRecordLocks),
                configs.isolation(group));
    }

    /// Whether members may keep records for longer than that.
    boolean mayRenew(String group) {
        return configs.groupConfig(group)
                .flatMap(GroupConfig::shareRenewAcknowledgeEnable)
                .orElse(GroupConfig.SHARE_RENEW_ACKNOWLEDGE_ENABLE_DEFAULT);
    }
}

package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.topic.DeadLetterTopic;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.Topics;
import io.posthorn.protocol.kafka.group.GroupConfigs;
import java.util.Optional;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.jspecify.annotations.Nullable;

/// What share groups are configured with, as far as records go. Thread-safe.
record ShareRules(GroupConfigs configs) {
    /// @param topics in which dead letters are looked for
    LeaseRules of(String group, Topics topics) {
        Optional<GroupConfig> config = configs.groupConfig(group);
        var defaults = configs.shareGroups();
        return new LeaseRules(
                lockMillis(group),
                config.flatMap(GroupConfig::shareDeliveryCountLimit).orElseGet(defaults::shareGroupDeliveryCountLimit),
                config.flatMap(GroupConfig::sharePartitionMaxRecordLocks)
                        .orElseGet(defaults::shareGroupPartitionMaxRecordLocks),
                configs.isolation(group),
                deadLetters(group, config, topics));
    }

    /// For how long a record is a member's.
    int lockMillis(String group) {
        return configs.groupConfig(group)
                .flatMap(GroupConfig::shareRecordLockDurationMs)
                .orElseGet(configs.shareGroups()::shareGroupRecordLockDurationMs);
    }

    /// Where a group's dead letters go: to a topic that is there, is for that, and is called as such ones are.
    private static @Nullable DeadLetterTopic deadLetters(String group, Optional<GroupConfig> config, Topics topics) {
        String name = config.map(GroupConfig::errorsDLQTopicName).orElse("");
        if (!name.startsWith(GroupCoordinatorConfig.ERRORS_DEADLETTERQUEUE_TOPIC_NAME_PREFIX_DEFAULT)) {
            return null;
        }
        Topic topic = topics.catalogue().named(name);
        boolean isForThat = topic != null
                && Boolean.parseBoolean(topic.config().get(TopicConfig.ERRORS_DEADLETTERQUEUE_GROUP_ENABLE_CONFIG));
        boolean copies = config.map(GroupConfig::errorsDLQCopyRecordEnable).orElse(false);
        return isForThat ? new DeadLetterTopic(name, group, copies) : null;
    }

    /// Whether members may keep records for longer than that.
    boolean mayRenew(String group) {
        return configs.groupConfig(group)
                .flatMap(GroupConfig::shareRenewAcknowledgeEnable)
                .orElse(GroupConfig.SHARE_RENEW_ACKNOWLEDGE_ENABLE_DEFAULT);
    }
}

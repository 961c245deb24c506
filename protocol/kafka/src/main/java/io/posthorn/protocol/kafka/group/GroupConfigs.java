package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.topic.Isolation;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.config.KeptGroupConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/// What groups are configured with, by Kafka's rules: what was set for one, within the bounds of the broker's own
/// configuration. The coordinator asks whenever it needs a value, so a change needs no notice. Thread-safe.
public final class GroupConfigs extends GroupConfigManager {
    private static final System.Logger LOG = System.getLogger(GroupConfigs.class.getName());

    private final KeptGroupConfigs kept;
    private final GroupCoordinatorConfig consumers;
    private final ShareGroupConfig shares;

    /// By group: what was set when it was last asked for.
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(Map<String, String> set, Optional<GroupConfig> config) {}

    public static GroupConfigs of(KeptGroupConfigs kept, KafkaSettings settings) {
        Map<String, String> properties = CoordinatorProperties.of(settings);
        return new GroupConfigs(kept, GroupCoordinatorConfig.fromProps(properties), shareGroups(properties));
    }

    private GroupConfigs(KeptGroupConfigs kept, GroupCoordinatorConfig consumers, ShareGroupConfig shares) {
        super(consumers, shares);
        this.kept = kept;
        this.consumers = consumers;
        this.shares = shares;
    }

    /// It wants to know both kinds of settings.
    private static ShareGroupConfig shareGroups(Map<String, String> properties) {
        var both = new ConfigDef(GroupCoordinatorConfig.CONFIG_DEF);
        ShareGroupConfig.CONFIG_DEF.configKeys().values().forEach(both::define);
        return new ShareGroupConfig(new AbstractConfig(both, properties, false));
    }

    /// What holds where nothing is set for a group.
    public GroupCoordinatorConfig coordinator() {
        return consumers;
    }

    /// The same for groups that share.
    public ShareGroupConfig shareGroups() {
        return shares;
    }

    /// Whether a share group gets what is of open and aborted transactions.
    public Isolation isolation(String group) {
        IsolationLevel level = groupConfig(group)
                .flatMap(GroupConfig::shareIsolationLevel)
                .orElseGet(GroupConfig::defaultShareIsolationLevel);
        return switch (level) {
            case READ_COMMITTED -> Isolation.READ_COMMITTED;
            case READ_UNCOMMITTED -> Isolation.READ_UNCOMMITTED;
        };
    }

    /// @throws InvalidConfigurationException
    /// @throws ConfigException
    public void validate(Map<String, String> config) {
        GroupConfig.validate(config, consumers, shares);
    }

    /// What was set, word for word.
    public Map<String, String> set(String group) {
        return kept.of(group);
    }

    @Override
    public Optional<GroupConfig> groupConfig(String group) {
        Map<String, String> set = set(group);
        if (set.isEmpty()) {
            known.remove(group);
            return Optional.empty();
        }
        Known last = known.get(group);
        if (last == null || !last.set().equals(set)) {
            last = new Known(set, read(group, set));
            known.put(group, last);
        }
        return last.config();
    }

    private Optional<GroupConfig> read(String group, Map<String, String> set) {
        var properties = new Properties();
        properties.putAll(set);
        try {
            // What is kept within bounds has to be a number first.
            GroupConfig.CONFIG_DEF.parse(set);
            return Optional.of(new GroupConfig(GroupConfig.evaluate(properties, group, consumers, shares)));
        } catch (InvalidConfigurationException | ConfigException invalid) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the configuration of group '%s' makes no sense and does nothing: %s"
                            .formatted(group, invalid.getMessage()));
            return Optional.empty();
        }
    }

    @Override
    public List<String> groupIds() {
        return kept.names();
    }
}

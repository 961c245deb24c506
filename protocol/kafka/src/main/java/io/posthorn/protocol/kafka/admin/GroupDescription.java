package io.posthorn.protocol.kafka.admin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.jspecify.annotations.Nullable;

/// The keys by which a group is configured, with what was set and what holds where nothing was.
///
/// @param set by key
record GroupDescription(Map<String, String> set) {
    /// @param wanted null for all keys
    List<DescribeConfigsResourceResult> entries(
            @Nullable Collection<String> wanted, boolean synonyms, boolean documentation) {
        List<DescribeConfigsResourceResult> entries = new ArrayList<>();
        for (ConfigKey key : GroupConfig.CONFIG_DEF.configKeys().values()) {
            if (!key.internalConfig && (wanted == null || wanted.contains(key.name))) {
                entries.add(entry(key, synonyms, documentation));
            }
        }
        return entries;
    }

    private DescribeConfigsResourceResult entry(ConfigKey key, boolean synonyms, boolean documentation) {
        String usual = ConfigDef.convertToString(key.defaultValue, key.type);
        String chosen = set.get(key.name);
        var entry = new DescribeConfigsResourceResult()
                .setName(key.name)
                .setValue(chosen == null ? usual : chosen)
                .setConfigSource((chosen == null ? ConfigSource.DEFAULT_CONFIG : ConfigSource.GROUP_CONFIG).id())
                .setConfigType(ConfigTypes.of(key.type).id())
                .setDocumentation(documentation ? key.documentation : null);
        if (synonyms) {
            List<DescribeConfigsSynonym> all = new ArrayList<>();
            if (chosen != null) {
                all.add(synonym(key.name, chosen, ConfigSource.GROUP_CONFIG));
            }
            all.add(synonym(GroupConfig.brokerSynonym(key.name).orElse(key.name), usual, ConfigSource.DEFAULT_CONFIG));
            entry.setSynonyms(all);
        }
        return entry;
    }

    private static DescribeConfigsSynonym synonym(String name, @Nullable String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }
}

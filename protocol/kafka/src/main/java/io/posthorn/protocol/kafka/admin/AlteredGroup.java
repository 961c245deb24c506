package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.config.KeptGroupConfigs;
import io.posthorn.protocol.kafka.group.GroupConfigs;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.group.GroupConfig;

/// A group whose configuration is about to change. Whether anybody is in it, or ever was, does not matter.
record AlteredGroup(KafkaRequest request, String name, GroupConfigs configs, KeptGroupConfigs kept)
        implements AlteredResource {
    /// @throws ApiException
    static AlteredGroup of(
            KafkaRequest request, String name, KafkaRights rights, GroupConfigs configs, KeptGroupConfigs kept) {
        if (name.isEmpty()) {
            throw Errors.INVALID_REQUEST.exception("Default group resources are not allowed.");
        }
        if (!rights.mayConfigure(name)) {
            throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
        }
        return new AlteredGroup(request, name, configs, kept);
    }

    @Override
    public Map<String, String> config() {
        return configs.set(name);
    }

    @Override
    public boolean isList(String key) {
        return GroupConfig.configType(key)
                .filter(type -> type == ConfigDef.Type.LIST)
                .isPresent();
    }

    @Override
    public String defaultOf(String key) {
        ConfigKey known = GroupConfig.CONFIG_DEF.configKeys().get(key);
        return known == null ? "" : String.valueOf(ConfigDef.convertToString(known.defaultValue, known.type));
    }

    @Override
    public Map<String, String> checked(Map<String, String> next) {
        try {
            configs.validate(next);
            return next;
        } catch (InvalidConfigurationException | ConfigException invalid) {
            throw Errors.INVALID_CONFIG.exception(invalid.getMessage());
        }
    }

    @Override
    public CompletableFuture<Object> keep(Map<String, String> next) {
        return kept.keep(request.principal(), request.connection().name(), name, next)
                .thenApply(done -> done);
    }
}

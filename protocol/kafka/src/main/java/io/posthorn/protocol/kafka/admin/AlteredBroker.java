package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs.Level;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The configuration of the broker, of this node or of all that might be, as far as it can be changed at run time.
record AlteredBroker(KafkaRequest request, Level level, KeptBrokerConfigs kept) implements AlteredResource {
    /// @param name the node's id; empty for all nodes
    /// @throws ApiException
    static AlteredBroker of(KafkaRequest request, String name, KafkaRights rights, KeptBrokerConfigs kept) {
        if (!rights.mayAdminister()) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        if (name.isEmpty()) {
            return new AlteredBroker(request, Level.CLUSTER, kept);
        }
        NodeNumber.checkChanged(name);
        return new AlteredBroker(request, Level.NODE, kept);
    }

    @Override
    public Map<String, String> config() {
        return kept.of(level);
    }

    @Override
    public boolean isList(String key) {
        return BrokerKeys.named(key)
                .filter(known -> known.type == ConfigDef.Type.LIST)
                .isPresent();
    }

    @Override
    public void checkEdit(OpType operation, String key, @Nullable String value) {
        if ((operation == OpType.APPEND || operation == OpType.SUBTRACT) && !isList(key)) {
            throw Errors.INVALID_CONFIG.exception("Config value %s is not allowed for config key: %s"
                    .formatted(operation.name().toLowerCase(Locale.ROOT), key));
        }
    }

    @Override
    public String defaultOf(String key) {
        return BrokerKeys.named(key)
                .map(known -> ConfigDef.convertToString(known.defaultValue, known.type))
                .orElse("");
    }

    @Override
    public Map<String, String> checked(Map<String, String> next) {
        List<String> fixed = next.keySet().stream()
                .filter(key -> !BrokerKeys.isChangeable(key))
                .toList();
        if (!fixed.isEmpty()) {
            throw Errors.INVALID_REQUEST.exception("Cannot update these configs dynamically: " + fixed);
        }
        if ("0".equals(next.get("log.retention.ms"))) {
            throw Errors.INVALID_REQUEST.exception(
                    "requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1");
        }
        try {
            return BrokerKeys.plain(next);
        } catch (ConfigException invalid) {
            // Kafka's answer, where for topics it is INVALID_CONFIG.
            throw Errors.INVALID_REQUEST.exception(invalid.getMessage());
        }
    }

    @Override
    public CompletableFuture<Object> keep(Map<String, String> next) {
        return kept.keep(request.principal(), request.connection().name(), level, next)
                .thenApply(done -> done);
    }
}

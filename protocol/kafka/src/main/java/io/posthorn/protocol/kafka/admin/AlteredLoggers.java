package io.posthorn.protocol.kafka.admin;

import io.posthorn.broker.AuditLog;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.Administration;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.Loggers;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.LogLevelConfig;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The levels of the node's loggers, by Kafka's rules (KIP-412): they last as long as the process.
record AlteredLoggers(KafkaRequest request, Loggers loggers, Administration audited) implements AlteredResource {
    /// @param name the node's id
    /// @throws ApiException
    static AlteredLoggers of(KafkaRequest request, String name, KafkaRights rights, Surroundings surroundings) {
        if (!rights.mayAdminister()) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        NodeNumber.checkChanged(name);
        return new AlteredLoggers(
                request, surroundings.loggers(), surroundings.broker().administration());
    }

    @Override
    public Map<String, String> config() {
        return loggers.chosen();
    }

    @Override
    public boolean isList(String key) {
        return false;
    }

    @Override
    public String defaultOf(String key) {
        return "";
    }

    @Override
    public void checkEdit(OpType operation, String key, @Nullable String value) {
        switch (operation) {
            case APPEND, SUBTRACT ->
                throw Errors.INVALID_REQUEST.exception(
                        operation + " operation is not allowed for the BROKER_LOGGER resource");
            case SET -> {
                checkLogger(key);
                if (!LogLevelConfig.VALID_LOG_LEVELS.contains(value)) {
                    throw Errors.INVALID_CONFIG.exception(
                            "Cannot set the log level of %s to %s as it is not a supported log level. Valid log levels are %s"
                                    .formatted(
                                            key,
                                            value,
                                            String.join(", ", new TreeSet<>(LogLevelConfig.VALID_LOG_LEVELS))));
                }
            }
            case DELETE -> {
                checkLogger(key);
                if (key.equals(Loggers.ROOT)) {
                    throw Errors.INVALID_REQUEST.exception(
                            "Removing the log level of the " + Loggers.ROOT + " logger is not allowed");
                }
            }
        }
    }

    private void checkLogger(String name) {
        if (!loggers.levels().containsKey(name)) {
            throw Errors.INVALID_CONFIG.exception("Logger " + name + " does not exist!");
        }
    }

    /// All that can be wrong is looked at before.
    @Override
    public Map<String, String> checked(Map<String, String> next) {
        return next;
    }

    @Override
    public CompletableFuture<Object> keep(Map<String, String> next) {
        Map<String, String> before = config();
        next.forEach((logger, level) -> {
            if (!level.equals(before.get(logger))) {
                loggers.choose(logger, level);
                note("set level of logger '%s' to %s".formatted(logger, level));
            }
        });
        for (String logger : before.keySet()) {
            if (!next.containsKey(logger)) {
                loggers.choose(logger, null);
                note("clear level of logger '%s'".formatted(logger));
            }
        }
        return CompletableFuture.completedFuture(this);
    }

    private void note(String what) {
        audited.note(new Actor(request.principal(), request.connection().name()), what, AuditLog.Entry.OK);
    }
}

package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.KafkaRights;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;

/// The broker, its loggers and its metrics, of which nothing can be set by this door. To take out what is not set is no
/// change, as in Kafka: so a reassignment ends, with taking away limits that nobody has set.
record AlteredBroker() implements AlteredResource {
    /// @throws ApiException
    static AlteredBroker of(KafkaRights rights) {
        if (!rights.mayAdminister()) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        return new AlteredBroker();
    }

    @Override
    public Map<String, String> config() {
        return Map.of();
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
    public void check(Map<String, String> next) {
        if (!next.isEmpty()) {
            throw Errors.INVALID_REQUEST.exception("Cannot update these configs dynamically: they are settings");
        }
    }

    @Override
    public CompletableFuture<Object> keep(Map<String, String> next) {
        return CompletableFuture.completedFuture(this);
    }
}

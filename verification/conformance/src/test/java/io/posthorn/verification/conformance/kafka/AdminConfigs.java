package io.posthorn.verification.conformance.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.config.ConfigResource;

/// Reads and alters configurations by Kafka's own client, and waits for it.
final class AdminConfigs {
    private AdminConfigs() {}

    static Collection<AlterConfigOp> operations(OpType operation, String key, String value) {
        return List.of(new AlterConfigOp(new ConfigEntry(key, value), operation));
    }

    static void alter(Admin admin, ConfigResource resource, OpType operation, String key, String value)
            throws ExecutionException, InterruptedException {
        alter(admin, resource, operations(operation, key, value));
    }

    /// Sets these keys in one call.
    static void set(Admin admin, ConfigResource resource, Map<String, String> config)
            throws ExecutionException, InterruptedException {
        var operations = new ArrayList<AlterConfigOp>();
        config.forEach((key, value) -> operations.addAll(operations(OpType.SET, key, value)));
        alter(admin, resource, operations);
    }

    private static void alter(Admin admin, ConfigResource resource, Collection<AlterConfigOp> operations)
            throws ExecutionException, InterruptedException {
        admin.incrementalAlterConfigs(Map.of(resource, operations)).all().get();
    }

    /// All there is to know of a resource.
    static Config describe(Admin admin, ConfigResource resource) throws ExecutionException, InterruptedException {
        var options = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        return requireNonNull(
                admin.describeConfigs(List.of(resource), options).all().get().get(resource));
    }

    static void assertRefused(
            Admin admin,
            ConfigResource resource,
            String key,
            String value,
            Class<? extends Exception> error,
            String message) {
        assertThatThrownBy(() -> alter(admin, resource, OpType.SET, key, value))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(error)
                .hasMessage(message);
    }
}

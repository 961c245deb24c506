package io.posthorn.verification.conformance.kafka;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;

/// Configures groups.
final class GroupConfig {
    private GroupConfig() {}

    static void set(Admin admin, String group, Map<String, String> config)
            throws ExecutionException, InterruptedException {
        AdminConfigs.set(admin, new ConfigResource(ConfigResource.Type.GROUP, group), config);
    }

    /// Its members are told what they have as soon as the broker allows: by Kafka's defaults a member waits five
    /// seconds for its first record.
    static void quick(Admin admin, String group) throws ExecutionException, InterruptedException {
        set(
                admin,
                group,
                Map.of(
                        "share.heartbeat.interval.ms", "100",
                        "share.assignment.interval.ms", "0"));
    }
}

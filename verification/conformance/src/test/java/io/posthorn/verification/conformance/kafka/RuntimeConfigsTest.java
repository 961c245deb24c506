package io.posthorn.verification.conformance.kafka;

import static io.posthorn.verification.conformance.kafka.AdminConfigs.alter;
import static io.posthorn.verification.conformance.kafka.AdminConfigs.assertRefused;
import static io.posthorn.verification.conformance.kafka.AdminConfigs.describe;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is configured at run time beside topics, with Kafka's own client: groups.
class RuntimeConfigsTest {
    @TempDir
    private Path directory;

    private static ConfigResource group(String name) {
        return new ConfigResource(ConfigResource.Type.GROUP, name);
    }

    @Test
    void aGroupIsConfiguredForGood() throws Exception {
        try (var server = KafkaServer.inDirectory(directory);
                Admin admin = server.admin()) {
            alter(admin, group("orders"), OpType.SET, "consumer.session.timeout.ms", "50000");
            alter(admin, group("orders"), OpType.SET, "share.auto.offset.reset", "earliest");
            alter(admin, group("others"), OpType.SET, "share.auto.offset.reset", "earliest");
            alter(admin, group("others"), OpType.DELETE, "share.auto.offset.reset", "");
        }
        try (var server = KafkaServer.inDirectory(directory);
                Admin admin = server.admin()) {
            Config orders = describe(admin, group("orders"));
            assertThat(orders.entries()).hasSize(21).noneMatch(ConfigEntry::isReadOnly);
            assertThat(orders.get("share.auto.offset.reset").value()).isEqualTo("earliest");
            ConfigEntry timeout = orders.get("consumer.session.timeout.ms");
            assertThat(timeout.value()).isEqualTo("50000");
            assertThat(timeout.source()).isEqualTo(ConfigSource.DYNAMIC_GROUP_CONFIG);
            assertThat(timeout.synonyms())
                    .extracting(ConfigEntry.ConfigSynonym::name, ConfigEntry.ConfigSynonym::value)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("consumer.session.timeout.ms", "50000"),
                            org.assertj.core.groups.Tuple.tuple("group.consumer.session.timeout.ms", "45000"));
            assertThat(describe(admin, group("others")).entries()).allMatch(ConfigEntry::isDefault);
            assertThat(admin.listConfigResources().all().get())
                    .contains(group("orders"))
                    .doesNotContain(group("others"));
        }
    }

    @Test
    void whatMakesNoSenseIsRefusedWithKafkasWords() {
        try (var server = KafkaServer.inMemory();
                Admin admin = server.admin()) {
            assertRefused(
                    admin,
                    group("orders"),
                    "consumer.session.timeout.ms",
                    "5",
                    InvalidConfigurationException.class,
                    "consumer.session.timeout.ms must be in the range 45000 to 60000 inclusive.");
            assertRefused(
                    admin,
                    group("orders"),
                    "nothing",
                    "5",
                    InvalidConfigurationException.class,
                    "Unknown group config name: nothing");
            assertRefused(
                    admin,
                    group(""),
                    "consumer.session.timeout.ms",
                    "50000",
                    InvalidRequestException.class,
                    "Default group resources are not allowed.");
        }
    }
}

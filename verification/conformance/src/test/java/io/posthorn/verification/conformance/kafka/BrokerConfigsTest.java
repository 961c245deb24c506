package io.posthorn.verification.conformance.kafka;

import static io.posthorn.verification.conformance.kafka.AdminConfigs.alter;
import static io.posthorn.verification.conformance.kafka.AdminConfigs.assertRefused;
import static io.posthorn.verification.conformance.kafka.AdminConfigs.describe;
import static io.posthorn.verification.conformance.kafka.AdminConfigs.operations;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.posthorn.verification.conformance.Amqp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSynonym;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigType;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The configuration of the broker and its loggers at run time, with Kafka's own client. What is refused and in which
/// words was looked up at Apache Kafka 4.4.
class BrokerConfigsTest {
    private static final ConfigResource CLUSTER = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final ConfigResource NODE = new ConfigResource(ConfigResource.Type.BROKER, "1");
    private static final ConfigResource LOGGERS = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");
    private static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "t");

    @TempDir
    private Path directory;

    @Test
    void aDefaultOfTopicsIsToldWithAllThatIsSaidOfItAndSurvivesARestart() throws Exception {
        try (var server = KafkaServer.inDirectory(directory);
                Admin admin = server.admin()) {
            create(admin, "t", Map.of());
            alter(admin, CLUSTER, OpType.SET, "log.retention.ms", "3600000");
            alter(admin, NODE, OpType.SET, "log.retention.ms", "7200000");
            alter(admin, CLUSTER, OpType.APPEND, "log.cleanup.policy", "compact");
        }
        try (var server = KafkaServer.inDirectory(directory);
                Admin admin = server.admin()) {
            ConfigEntry retention = entry(admin, TOPIC, "retention.ms");
            assertThat(retention.value()).isEqualTo("7200000");
            assertThat(retention.source()).isEqualTo(ConfigSource.DYNAMIC_BROKER_CONFIG);
            assertThat(retention.synonyms())
                    .extracting(ConfigSynonym::name, ConfigSynonym::value, ConfigSynonym::source)
                    .containsExactly(
                            tuple("log.retention.ms", "7200000", ConfigSource.DYNAMIC_BROKER_CONFIG),
                            tuple("log.retention.ms", "3600000", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG),
                            tuple("log.retention.hours", "168", ConfigSource.DEFAULT_CONFIG));
            assertThat(entry(admin, TOPIC, "cleanup.policy").value()).isEqualTo("delete,compact");
            assertThat(describe(admin, CLUSTER).entries())
                    .extracting(ConfigEntry::name, ConfigEntry::source)
                    .containsExactlyInAnyOrder(
                            tuple("log.cleanup.policy", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG),
                            tuple("log.retention.ms", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG));

            alter(admin, NODE, OpType.DELETE, "log.retention.ms", "");
            assertThat(entry(admin, TOPIC, "retention.ms").source())
                    .isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
            alter(admin, CLUSTER, OpType.DELETE, "log.retention.ms", "");
            assertThat(entry(admin, TOPIC, "retention.ms").value()).isEqualTo("604800000");
            assertThat(entry(admin, TOPIC, "retention.ms").isDefault()).isTrue();
        }
    }

    @Test
    void itTakesEffectAtOnceOnTopicsThatDoNotSayOtherwise() throws Exception {
        try (var server = KafkaServer.inMemory();
                Admin admin = server.admin()) {
            create(admin, "t", Map.of());
            create(admin, "own", Map.of("max.message.bytes", "1000000", "retention.bytes", "-1"));
            produce(server, "t", 1, 50_000);
            alter(admin, CLUSTER, OpType.SET, "message.max.bytes", "10000");
            assertThatThrownBy(() -> produce(server, "t", 1, 50_000)).hasCauseInstanceOf(RecordTooLargeException.class);
            produce(server, "own", 1, 50_000);
            alter(admin, CLUSTER, OpType.DELETE, "message.max.bytes", "");

            alter(admin, CLUSTER, OpType.SET, "log.retention.bytes", "100000");
            produce(server, "own", 20, 50_000);
            // Partitions hear of it a moment later.
            Amqp.eventually(() -> {
                produce(server, "t", 5, 50_000);
                return start(admin, "t") > 0;
            });
            assertThat(start(admin, "own")).isZero();
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what is asked of these maps is in them
    void theBrokerTellsItsKeysAsKafkaDoes() throws Exception {
        try (var server = KafkaServer.inMemory();
                Admin admin = server.admin()) {
            Config config = describe(admin, NODE);
            assertThat(config.entries()).hasSizeGreaterThan(250).allSatisfy(entry -> {
                assertThat(entry.type()).isNotEqualTo(ConfigType.UNKNOWN);
                assertThat(entry.documentation()).isNotBlank();
            });
            assertThat(config.get("log.retention.ms").value()).isNull();
            assertThat(config.get("log.retention.ms").isReadOnly()).isFalse();
            assertThat(config.get("log.retention.hours").value()).isEqualTo("168");
            assertThat(config.get("log.retention.hours").isReadOnly()).isTrue();
            assertThat(config.get("num.partitions").isReadOnly()).isTrue();
            assertThat(config.get("node.id").source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
            assertThat(config.get("ssl.key.password").isSensitive()).isTrue();
            assertThat(config.get("listeners").value()).isEqualTo("PLAINTEXT://" + server.address());
            assertThat(config.get("group.share.min.session.timeout.ms").value()).isEqualTo("1000");
            assertThat(config.get("group.share.min.session.timeout.ms").source())
                    .isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
            assertThat(config.get("group.coordinator.threads").value()).isEqualTo("1");
            assertThat(describe(admin, CLUSTER).entries()).isEmpty();
        }
    }

    @Test
    void whatCannotBeIsRefusedInKafkasWordsAndChangesNothing() throws Exception {
        try (var server = KafkaServer.inMemory();
                Admin admin = server.admin()) {
            Class<? extends Exception> request = InvalidRequestException.class;
            assertRefused(
                    admin,
                    NODE,
                    "num.partitions",
                    "3",
                    request,
                    "Cannot update these configs dynamically: [num.partitions]");
            assertRefused(
                    admin, CLUSTER, "nonsense", "3", request, "Cannot update these configs dynamically: [nonsense]");
            assertRefused(
                    admin,
                    NODE,
                    "log.retention.ms",
                    "xyz",
                    request,
                    "Invalid value xyz for configuration log.retention.ms: Not a number of type LONG");
            assertRefused(
                    admin,
                    CLUSTER,
                    "log.segment.bytes",
                    "3",
                    request,
                    "Invalid value 3 for configuration log.segment.bytes: Value must be at least 1048576");
            assertRefused(
                    admin,
                    CLUSTER,
                    "log.retention.ms",
                    "0",
                    request,
                    "requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1");
            assertThatThrownBy(() -> alter(admin, CLUSTER, OpType.APPEND, "log.retention.bytes", "1"))
                    .cause()
                    .isExactlyInstanceOf(InvalidConfigurationException.class)
                    .hasMessage("Config value append is not allowed for config key: log.retention.bytes");
            admin.incrementalAlterConfigs(
                            Map.of(CLUSTER, operations(OpType.SET, "log.retention.ms", "1000")),
                            new AlterConfigsOptions().validateOnly(true))
                    .all()
                    .get();
            assertThat(describe(admin, CLUSTER).entries()).isEmpty();
        }
    }

    @Test
    void spacesThatKafkaTakesDoNotLoseAValue() throws Exception {
        try (var server = KafkaServer.inMemory();
                Admin admin = server.admin()) {
            create(admin, "t", Map.of());
            alter(admin, CLUSTER, OpType.SET, "log.retention.ms", "3600000");
            alter(admin, CLUSTER, OpType.SET, "log.retention.ms", " 86400000");
            alter(admin, CLUSTER, OpType.SET, "log.cleanup.policy", "compact, delete");
            assertThat(entry(admin, TOPIC, "retention.ms").value()).isEqualTo("86400000");
            assertThat(entry(admin, TOPIC, "cleanup.policy").value()).isEqualTo("compact,delete");
        }
    }

    @Test
    void anotherUserThanAnAdministratorChangesNothing() throws Exception {
        try (var server = KafkaServer.inMemory();
                Admin owner = server.admin()) {
            owner.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "alice", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "wonderland")))
                    .all()
                    .get();
            owner.createAcls(List.of(new AclBinding(
                            new ResourcePattern(ResourceType.TOPIC, "t", PatternType.LITERAL),
                            new AccessControlEntry("User:alice", "*", AclOperation.ALTER, AclPermissionType.ALLOW))))
                    .all()
                    .get();
            Map<String, Object> login = server.clientConfig();
            login.put("security.protocol", "SASL_PLAINTEXT");
            login.put("sasl.mechanism", "SCRAM-SHA-256");
            login.put(
                    "sasl.jaas.config",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"alice\""
                            + " password=\"wonderland\";");
            try (Admin alice = Admin.create(login)) {
                for (ConfigResource resource : List.of(CLUSTER, NODE, LOGGERS)) {
                    assertThatThrownBy(() -> alter(alice, resource, OpType.SET, "log.retention.ms", "1000"))
                            .hasCauseInstanceOf(ClusterAuthorizationException.class);
                }
            }
            assertThat(describe(owner, CLUSTER).entries()).isEmpty();
        }
    }

    @Test
    void theLevelOfALoggerIsSetAndTakenBack() throws Exception {
        try (var server = KafkaServer.inMemory();
                Admin admin = server.admin()) {
            String logger = "io.posthorn.protocol.kafka.KafkaService";
            Map<String, String> before = levels(admin);
            assertThat(before).containsKeys("root", "io.posthorn", logger);
            alter(admin, LOGGERS, OpType.SET, logger, "DEBUG");
            assertThat(levels(admin)).containsEntry(logger, "DEBUG");
            assertThat(System.getLogger(logger).isLoggable(System.Logger.Level.DEBUG))
                    .isTrue();
            alter(admin, LOGGERS, OpType.DELETE, logger, "");
            // Others of this process may have come meanwhile.
            assertThat(levels(admin)).containsAllEntriesOf(before);

            assertRefused(
                    admin,
                    LOGGERS,
                    "nobody",
                    "INFO",
                    InvalidConfigurationException.class,
                    "Logger nobody does not exist!");
            assertRefused(
                    admin,
                    LOGGERS,
                    "root",
                    "LOUD",
                    InvalidConfigurationException.class,
                    "Cannot set the log level of root to LOUD as it is not a supported log level. Valid log levels are"
                            + " DEBUG, ERROR, FATAL, INFO, TRACE, WARN");
            assertThatThrownBy(() -> alter(admin, LOGGERS, OpType.DELETE, "root", ""))
                    .cause()
                    .isExactlyInstanceOf(InvalidRequestException.class)
                    .hasMessage("Removing the log level of the root logger is not allowed");
            assertThatThrownBy(() -> alter(admin, LOGGERS, OpType.APPEND, "root", "INFO"))
                    .cause()
                    .hasMessage("APPEND operation is not allowed for the BROKER_LOGGER resource");
        }
    }

    // ---- Helpers

    private static ConfigEntry entry(Admin admin, ConfigResource resource, String key) throws Exception {
        return requireNonNull(describe(admin, resource).get(key));
    }

    private static Map<String, String> levels(Admin admin) throws Exception {
        Map<String, String> levels = new TreeMap<>();
        describe(admin, LOGGERS).entries().forEach(entry -> levels.put(entry.name(), entry.value()));
        return levels;
    }

    private static void create(Admin admin, String topic, Map<String, String> config) throws Exception {
        admin.createTopics(Set.of(new NewTopic(topic, 1, (short) 1).configs(config)))
                .all()
                .get();
    }

    private static void produce(KafkaServer server, String topic, int count, int bytes) throws Exception {
        try (var producer =
                new KafkaProducer<>(server.clientConfig(), new ByteArraySerializer(), new ByteArraySerializer())) {
            var sent = new ArrayList<Future<?>>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, new byte[] {1}, new byte[bytes])));
            }
            for (var one : sent) {
                one.get();
            }
        }
    }

    private static long start(Admin admin, String topic) throws Exception {
        var partition = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }
}

package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Access control lists are another editor of the users' permissions.
class AclTest {
    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();

    @BeforeEach
    void createUser() {
        server.apply(new AdminChange.PutUser(new UserSpec("alice", null, Set.of())));
    }

    @AfterEach
    void close() {
        admin.close();
        server.close();
    }

    private static AclBinding allow(ResourceType type, String name, PatternType pattern, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:alice", "*", operation, AclPermissionType.ALLOW));
    }

    private PermissionPatterns permissions() {
        var known = server.server().broker().administration().current().permissions("alice", "/");
        return known == null ? new PermissionPatterns("none", "none", "none") : known;
    }

    private Collection<AclBinding> ofAlice() throws Exception {
        return admin.describeAcls(new AclBindingFilter(
                        ResourcePatternFilter.ANY,
                        new AccessControlEntryFilter("User:alice", null, AclOperation.ANY, AclPermissionType.ANY)))
                .values()
                .get();
    }

    @Test
    void whatToolsGiveProducersAndConsumersAreNamesToReadAndToWrite() throws Exception {
        admin.createAcls(List.of(
                        allow(ResourceType.TOPIC, "orders", PatternType.LITERAL, AclOperation.DESCRIBE),
                        allow(ResourceType.TOPIC, "orders", PatternType.LITERAL, AclOperation.WRITE),
                        allow(ResourceType.TOPIC, "log.", PatternType.PREFIXED, AclOperation.READ),
                        allow(ResourceType.GROUP, "billing", PatternType.LITERAL, AclOperation.READ),
                        allow(ResourceType.TRANSACTIONAL_ID, "tx-", PatternType.PREFIXED, AclOperation.WRITE),
                        allow(ResourceType.TOPIC, "mine", PatternType.LITERAL, AclOperation.CREATE),
                        allow(
                                ResourceType.CLUSTER,
                                "kafka-cluster",
                                PatternType.LITERAL,
                                AclOperation.IDEMPOTENT_WRITE)))
                .all()
                .get();

        assertThat(permissions())
                .isEqualTo(new PermissionPatterns("^(?:mine$)", "^(?:orders$|tx-)", "^(?:billing$|log\\.)"));
        assertThat(ofAlice())
                .contains(
                        allow(ResourceType.TOPIC, "orders", PatternType.LITERAL, AclOperation.WRITE),
                        allow(ResourceType.TOPIC, "log.", PatternType.PREFIXED, AclOperation.READ),
                        allow(ResourceType.GROUP, "billing", PatternType.LITERAL, AclOperation.READ),
                        allow(ResourceType.TRANSACTIONAL_ID, "tx-", PatternType.PREFIXED, AclOperation.WRITE),
                        allow(ResourceType.TOPIC, "mine", PatternType.LITERAL, AclOperation.DELETE));
        assertThat(admin.describeAcls(new AclBindingFilter(
                                new ResourcePatternFilter(ResourceType.TOPIC, "log.access", PatternType.MATCH),
                                AccessControlEntryFilter.ANY))
                        .values()
                        .get())
                .contains(allow(ResourceType.TOPIC, "log.", PatternType.PREFIXED, AclOperation.READ));
    }

    @Test
    void whatIsDeletedIsNotAllowedAnyMore() throws Exception {
        admin.createAcls(List.of(
                        allow(ResourceType.TOPIC, "orders", PatternType.LITERAL, AclOperation.READ),
                        allow(ResourceType.TOPIC, "bills", PatternType.LITERAL, AclOperation.READ)))
                .all()
                .get();

        var filter = new AclBindingFilter(
                new ResourcePatternFilter(ResourceType.TOPIC, "orders", PatternType.LITERAL),
                AccessControlEntryFilter.ANY);
        assertThat(admin.deleteAcls(List.of(filter)).all().get())
                .containsExactly(allow(ResourceType.TOPIC, "orders", PatternType.LITERAL, AclOperation.READ));

        assertThat(permissions().read()).isEqualTo("^(?:bills$)");
    }

    @Test
    void everythingIsAWildcard() throws Exception {
        admin.createAcls(List.of(allow(ResourceType.TOPIC, "*", PatternType.LITERAL, AclOperation.ALL)))
                .all()
                .get();

        assertThat(permissions()).isEqualTo(PermissionPatterns.EVERYTHING);
    }

    @Test
    void whatNoListSaysIsRefusedAndStays() throws Exception {
        var odd = new PermissionPatterns("", "", "(?i)orders");
        server.apply(new AdminChange.SetPermissions("alice", "/", odd));
        var denied = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "x", PatternType.LITERAL),
                new AccessControlEntry("User:alice", "*", AclOperation.READ, AclPermissionType.DENY));
        var fromAHost = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "x", PatternType.LITERAL),
                new AccessControlEntry("User:alice", "10.0.0.1", AclOperation.WRITE, AclPermissionType.ALLOW));
        var nobody = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "x", PatternType.LITERAL),
                new AccessControlEntry("User:bob", "*", AclOperation.WRITE, AclPermissionType.ALLOW));

        for (AclBinding binding : List.of(
                allow(ResourceType.TOPIC, "x", PatternType.LITERAL, AclOperation.READ),
                allow(ResourceType.TOPIC, "y", PatternType.LITERAL, AclOperation.DESCRIBE),
                allow(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, AclOperation.ALTER),
                allow(ResourceType.TOPIC, "no(name", PatternType.LITERAL, AclOperation.WRITE),
                denied,
                fromAHost,
                nobody)) {
            assertThat(catchThrowable(
                            () -> admin.createAcls(List.of(binding)).all().get()))
                    .as(binding.toString())
                    .hasCauseInstanceOf(InvalidRequestException.class);
        }
        assertThat(permissions()).isEqualTo(odd);
        assertThat(ofAlice()).isEmpty();
    }
}

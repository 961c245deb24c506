package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.protocol.kafka.RawKafka;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnacceptableCredentialException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.SaslHandshakeRequest;
import org.apache.kafka.common.requests.SaslHandshakeResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Clients say who they are by every mechanism, and are believed only when it is true.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SaslTest {
    private static final String PASSWORD = "correct horse";

    private final KafkaServer server = KafkaServer.inMemory();

    @BeforeAll
    void createUsers() {
        var broker = server.server().broker();
        var credential = broker.passwords().credential(PASSWORD.getBytes(StandardCharsets.UTF_8));
        server.apply(new AdminChange.PutUser(new UserSpec("alice", credential, Set.of())));
        server.apply(new AdminChange.SetPermissions("alice", "/", PermissionPatterns.EVERYTHING));
        server.apply(new AdminChange.PutUser(new UserSpec("stranger", credential, Set.of())));
    }

    @AfterAll
    void close() {
        server.close();
    }

    private Admin admin(String mechanism, String user, String password) {
        Map<String, Object> config = server.clientConfig();
        config.put("security.protocol", "SASL_PLAINTEXT");
        config.put("sasl.mechanism", mechanism);
        String module = mechanism.equals("PLAIN") ? "plain.Plain" : "scram.Scram";
        config.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.%sLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(module, user, password));
        return Admin.create(config);
    }

    private Throwable failureOf(String mechanism, String user, String password) {
        try (Admin admin = admin(mechanism, user, password)) {
            Throwable failure = catchThrowable(() -> admin.listTopics().names().get());
            return failure instanceof ExecutionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : failure;
        }
    }

    @Test
    void everyMechanismLetsWhoKnowsThePasswordIn() throws Exception {
        for (String mechanism : List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")) {
            try (Admin admin = admin(mechanism, "alice", PASSWORD)) {
                assertThat(admin.listTopics().names().get()).as(mechanism).isEmpty();
            }
        }
    }

    @Test
    void nobodyElseIsLetIn() {
        for (String mechanism : List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")) {
            assertThat(failureOf(mechanism, "alice", "wrong"))
                    .as(mechanism)
                    .isInstanceOf(SaslAuthenticationException.class);
            assertThat(failureOf(mechanism, "nobody", PASSWORD))
                    .as(mechanism)
                    .isInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void whoHasNoRightsInTheVirtualHostIsNotLetIn() {
        assertThat(failureOf("PLAIN", "stranger", PASSWORD))
                .isInstanceOf(SaslAuthenticationException.class)
                .hasMessageContaining("access to vhost '/' refused for user 'stranger'");
    }

    @Test
    void anUnknownMechanismIsRefusedWithThoseThatThereAre() throws Exception {
        try (var client = new RawKafka(server.port())) {
            var answer = client.ask(handshake("GSSAPI", 1), SaslHandshakeResponse.class);

            assertThat(answer.error()).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM);
            assertThat(answer.enabledMechanisms()).contains("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    private static SaslHandshakeRequest handshake(String mechanism, int version) {
        return new SaslHandshakeRequest.Builder(new SaslHandshakeRequestData().setMechanism(mechanism))
                .build((short) version);
    }

    @Test
    void tokensWithoutRequestsAreTakenFromOldClients() throws Exception {
        try (var client = new RawKafka(server.port())) {
            assertThat(client.ask(handshake("PLAIN", 0), SaslHandshakeResponse.class)
                            .error())
                    .isEqualTo(Errors.NONE);

            client.sendFrame(ByteBuffer.wrap(("\0alice\0" + PASSWORD).getBytes(StandardCharsets.UTF_8)));

            assertThat(client.frame().remaining()).isZero();
            assertThat(client.ask(metadata())).isNotNull();
        }
    }

    @Test
    void aWrongTokenWithoutARequestEndsTheConnection() throws Exception {
        try (var client = new RawKafka(server.port())) {
            client.ask(handshake("PLAIN", 0));

            client.sendFrame(ByteBuffer.wrap("\0alice\0wrong".getBytes(StandardCharsets.UTF_8)));

            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    private static MetadataRequest metadata() {
        return new MetadataRequest(new MetadataRequestData().setTopics(List.of()), (short) 9);
    }

    @Test
    void nothingElseIsAnsweredWhileSomebodyLogsIn() throws Exception {
        try (var client = new RawKafka(server.port())) {
            client.ask(handshake("PLAIN", 1));

            client.send(metadata());

            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void whoSaysNothingIsGuestAndMaySayNothingLater() throws Exception {
        try (var client = new RawKafka(server.port())) {
            assertThat(client.ask(metadata())).isNotNull();

            assertThat(client.ask(handshake("PLAIN", 1), SaslHandshakeResponse.class)
                            .error())
                    .isEqualTo(Errors.ILLEGAL_SASL_STATE);
        }
    }

    @Test
    void credentialsForScramAreSetShownAndTakenAway() throws Exception {
        try (Admin guest = server.admin()) {
            var info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8_192);
            guest.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("bob", info, "secret")))
                    .all()
                    .get();
            server.apply(new AdminChange.SetPermissions("bob", "/", PermissionPatterns.EVERYTHING));

            assertThat(guest.describeUserScramCredentials(List.of("bob"))
                            .description("bob")
                            .get()
                            .credentialInfos())
                    .containsExactly(info);
            assertThat(guest.describeUserScramCredentials().users().get()).contains("alice", "bob");
            assertThat(failureOf("SCRAM-SHA-512", "bob", "secret")).isNull();
            assertThat(failureOf("PLAIN", "bob", "secret")).isNull();
            assertThat(failureOf("SCRAM-SHA-256", "bob", "secret")).isInstanceOf(SaslAuthenticationException.class);

            guest.alterUserScramCredentials(
                            List.of(new UserScramCredentialDeletion("bob", ScramMechanism.SCRAM_SHA_512)))
                    .all()
                    .get();
            assertThat(failureOf("SCRAM-SHA-512", "bob", "secret")).isInstanceOf(SaslAuthenticationException.class);
            assertThat(catchThrowable(() -> guest.alterUserScramCredentials(
                                    List.of(new UserScramCredentialDeletion("bob", ScramMechanism.SCRAM_SHA_512)))
                            .all()
                            .get()))
                    .hasCauseInstanceOf(ResourceNotFoundException.class);
            var few = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 10);
            assertThat(catchThrowable(() -> guest.alterUserScramCredentials(
                                    List.of(new UserScramCredentialUpsertion("bob", few, "secret")))
                            .all()
                            .get()))
                    .hasCauseInstanceOf(UnacceptableCredentialException.class);
        }
    }

    @Test
    void credentialsAreTheAdministrators() {
        try (Admin alice = admin("PLAIN", "alice", PASSWORD)) {
            assertThat(catchThrowable(
                            () -> alice.describeUserScramCredentials().users().get()))
                    .hasCauseInstanceOf(ClusterAuthorizationException.class);
        }
    }
}

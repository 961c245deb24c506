package io.posthorn.verification.conformance.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.rabbitmq.http.client.Client;
import com.rabbitmq.http.client.HttpClientException;
import com.rabbitmq.http.client.domain.PolicyInfo;
import com.rabbitmq.http.client.domain.ShovelDetails;
import com.rabbitmq.http.client.domain.ShovelInfo;
import com.rabbitmq.http.client.domain.TopicPermissions;
import com.rabbitmq.http.client.domain.UpstreamDetails;
import com.rabbitmq.http.client.domain.UpstreamSetDetails;
import com.rabbitmq.http.client.domain.UserInfo;
import com.rabbitmq.http.client.domain.UserPermissions;
import com.rabbitmq.http.client.domain.VhostInfo;
import com.rabbitmq.http.client.domain.VhostLimits;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What operators decide, decided through Hop, the RabbitMQ team's own client of the management API.
class HopAdministrationTest {
    @AutoClose
    private final Server server = Server.start(ServerConfig.inMemory());

    private final Client hop = Hop.client(server, "guest", "guest");

    private Client client(String user, String password) {
        return Hop.client(server, user, password);
    }

    @Test
    @HopCalls({"createVhost", "getVhosts", "getVhost", "deleteVhost"})
    void virtualHostsAreMadeShownAndDeleted() {
        hop.createVhost("plain");
        hop.createVhost("traced", true);
        hop.createVhost("described", "for tests", "one", "two");
        hop.createVhost("all", true, "everything", "three");

        assertThat(hop.getVhosts())
                .extracting(VhostInfo::getName, VhostInfo::isTracing, VhostInfo::getDescription, VhostInfo::getTags)
                .containsExactlyInAnyOrder(
                        tuple("/", false, "", List.of()),
                        tuple("plain", false, "", List.of()),
                        tuple("traced", true, "", List.of()),
                        tuple("described", false, "for tests", List.of("one", "two")),
                        tuple("all", true, "everything", List.of("three")));
        assertThat(hop.getVhost("/").getClusterState()).containsValue("running");
        assertThat(hop.getVhost("unknown")).isNull();
        hop.deleteVhost("plain");
        assertThat(hop.getVhost("plain")).isNull();
    }

    @Test
    @HopCalls({"createUser", "getUser", "getUsers", "updateUser", "deleteUser"})
    void usersAreMadeShownChangedAndDeleted() {
        hop.createUser("u", "secret".toCharArray(), List.of("management"));

        assertThat(hop.getUser("u").getTags()).containsExactly("management");
        assertThat(hop.getUsers()).extracting(UserInfo::getName).containsExactly("guest", "u");
        assertThat(client("u", "secret").whoAmI().getName()).isEqualTo("u");
        hop.updateUser("u", "other".toCharArray(), List.of("management", "monitoring"));
        assertThat(client("u", "other").whoAmI().getTags()).containsExactly("management", "monitoring");
        assertThatThrownBy(() -> client("u", "secret").whoAmI())
                .isInstanceOfSatisfying(
                        HttpClientException.class, e -> assertThat(e.status()).isEqualTo(401));
        hop.deleteUser("u");
        assertThat(hop.getUser("u")).isNull();
    }

    @Test
    @HopCalls({"createUserWithPasswordHash"})
    void aHashThatRabbitMqMadeIsAPassword() {
        // As its documentation makes it: salt 908DC60A, password test12.
        String hash = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";
        hop.createUserWithPasswordHash("u", hash.toCharArray(), List.of("administrator"));

        assertThat(hop.getUser("u").getPasswordHash()).isEqualTo(hash);
        assertThat(hop.getUser("u").getHashingAlgorithm()).isEqualTo("rabbit_password_hashing_sha256");
        assertThat(client("u", "test12").whoAmI().getTags()).containsExactly("administrator");
    }

    @Test
    @HopCalls({"updatePermissions", "getPermissions", "getPermissionsIn", "getPermissionsOf", "clearPermissions"})
    void permissionsAreSetShownAndCleared() {
        hop.createVhost("v");
        hop.createUser("u", "p".toCharArray(), List.of());
        hop.updatePermissions("v", "u", new UserPermissions("r", "w", "c"));

        var set = hop.getPermissions("v", "u");
        assertThat(set)
                .extracting(
                        UserPermissions::getUser,
                        UserPermissions::getVhost,
                        UserPermissions::getConfigure,
                        UserPermissions::getWrite,
                        UserPermissions::getRead)
                .containsExactly("u", "v", "c", "w", "r");
        assertThat(hop.getPermissionsIn("v")).hasSize(2);
        assertThat(hop.getPermissionsOf("u")).hasSize(1);
        assertThat(hop.getPermissions()).hasSize(3);
        hop.clearPermissions("v", "u");
        assertThat(hop.getPermissions("v", "u")).isNull();
    }

    @Test
    @HopCalls({
        "updateTopicPermissions",
        "getTopicPermissions",
        "getTopicPermissionsIn",
        "getTopicPermissionsOf",
        "clearTopicPermissions"
    })
    void topicPermissionsAreSetShownAndCleared() {
        hop.updateTopicPermissions("/", "guest", new TopicPermissions("amq.topic", "w.*", "r.*"));

        assertThat(hop.getTopicPermissions("/", "guest"))
                .extracting(
                        TopicPermissions::getUser,
                        TopicPermissions::getVhost,
                        TopicPermissions::getExchange,
                        TopicPermissions::getWrite,
                        TopicPermissions::getRead)
                .containsExactly(tuple("guest", "/", "amq.topic", "r.*", "w.*"));
        assertThat(hop.getTopicPermissionsIn("/")).hasSize(1);
        assertThat(hop.getTopicPermissionsOf("guest")).hasSize(1);
        assertThat(hop.getTopicPermissions()).hasSize(1);
        hop.clearTopicPermissions("/", "guest");
        assertThat(hop.getTopicPermissions()).isEmpty();
    }

    @Test
    @HopCalls({
        "declarePolicy",
        "declareOperatorPolicy",
        "getPolicies",
        "getOperatorPolicies",
        "deletePolicy",
        "deleteOperatorPolicy"
    })
    void policiesOfBothKindsAreMadeShownAndDeleted() {
        hop.declarePolicy("/", "p", new PolicyInfo("^q", 5, "queues", Map.of("max-length", 10)));
        hop.declareOperatorPolicy("/", "o", new PolicyInfo(".*", 0, null, Map.of("message-ttl", 1_000)));

        for (List<PolicyInfo> policies : List.of(hop.getPolicies(), hop.getPolicies("/"))) {
            assertThat(policies)
                    .extracting(
                            PolicyInfo::getVhost,
                            PolicyInfo::getName,
                            PolicyInfo::getPattern,
                            PolicyInfo::getPriority,
                            PolicyInfo::getApplyTo,
                            PolicyInfo::getDefinition)
                    .containsExactly(tuple("/", "p", "^q", 5, "queues", Map.of("max-length", 10)));
        }
        for (List<PolicyInfo> policies : List.of(hop.getOperatorPolicies(), hop.getOperatorPolicies("/"))) {
            assertThat(policies)
                    .extracting(PolicyInfo::getName, PolicyInfo::getApplyTo, PolicyInfo::getDefinition)
                    .containsExactly(tuple("o", "all", Map.of("message-ttl", 1_000)));
        }
        hop.deletePolicy("/", "p");
        hop.deleteOperatorPolicy("/", "o");
        assertThat(hop.getPolicies()).isEmpty();
        assertThat(hop.getOperatorPolicies()).isEmpty();
    }

    @Test
    @HopCalls({
        "limitMaxNumberOfConnections",
        "limitMaxNumberOfQueues",
        "getVhostLimits",
        "clearMaxConnectionsLimit",
        "clearMaxQueuesLimit"
    })
    void limitsOfHostsAreSetShownAndCleared() {
        hop.limitMaxNumberOfConnections("/", 10);
        hop.limitMaxNumberOfQueues("/", 20);

        for (VhostLimits limits : List.of(hop.getVhostLimits().getFirst(), hop.getVhostLimits("/"))) {
            assertThat(limits.getVhost()).isEqualTo("/");
            assertThat(limits.getMaxConnections()).isEqualTo(10);
            assertThat(limits.getMaxQueues()).isEqualTo(20);
        }
        hop.clearMaxConnectionsLimit("/");
        assertThat(hop.getVhostLimits("/").getMaxConnections()).isEqualTo(-1);
        assertThat(hop.getVhostLimits("/").getMaxQueues()).isEqualTo(20);
        hop.clearMaxQueuesLimit("/");
        assertThat(hop.getVhostLimits()).isEmpty();
    }

    @Test
    @HopCalls({
        "declareShovel",
        "getShovels",
        "deleteShovel",
        "declareUpstream",
        "getUpstreams",
        "deleteUpstream",
        "declareUpstreamSet",
        "getUpstreamSets",
        "deleteUpstreamSet",
        "setMqttPortToVhostMapping",
        "getMqttPortToVhostMapping",
        "deleteMqttPortToVhostMapping"
    })
    void aPluginThatIsNotThereCannotBeSetUpAndWhatDefinitionsBringOfItIsKept() throws Exception {
        var shovel = new ShovelInfo("s", new ShovelDetails("amqp://localhost", "amqp://localhost", 30, true, null));
        var upstream = new UpstreamDetails();
        upstream.setUri("amqp://far.example");
        var member = new UpstreamSetDetails();
        member.setUpstream("u");
        assertRefused(() -> hop.declareShovel("/", shovel));
        assertRefused(() -> hop.declareUpstream("/", "u", upstream));
        assertRefused(() -> hop.declareUpstreamSet("/", "set", List.of(member)));
        assertThat(hop.getShovels()).isEmpty();

        importDefinitions("""
                {"parameters": [
                  {"vhost": "/", "component": "shovel", "name": "s", "value": {"src-queue": "from"}},
                  {"vhost": "/", "component": "federation-upstream", "name": "u",
                   "value": {"uri": "amqp://far.example", "prefetch-count": 7}},
                  {"vhost": "/", "component": "federation-upstream-set", "name": "set",
                   "value": [{"upstream": "u"}]}]}""");
        assertThat(hop.getShovels("/").getFirst().getDetails().getSourceQueue()).isEqualTo("from");
        assertThat(hop.getUpstreams().getFirst().getValue().getUri()).isEqualTo("amqp://far.example");
        assertThat(hop.getUpstreams("/").getFirst().getValue().getPrefetchCount())
                .isEqualTo(7);
        assertThat(hop.getUpstreamSets().getFirst().getName()).isEqualTo("set");
        assertThat(hop.getUpstreamSets("/").getFirst().getValue().getFirst().getUpstream())
                .isEqualTo("u");
        hop.deleteShovel("/", "s");
        hop.deleteUpstreamSet("/", "set");
        hop.deleteUpstream("/", "u");
        assertThat(hop.getShovels()).isEmpty();
        assertThat(hop.getUpstreams()).isEmpty();
        assertThat(hop.getUpstreamSets()).isEmpty();

        hop.setMqttPortToVhostMapping(Map.of(1883, "/"));
        assertThat(hop.getMqttPortToVhostMapping().getValue()).containsEntry(1883, "/");
        hop.deleteMqttPortToVhostMapping();
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        HttpClientException.class, e -> assertThat(e.status()).isEqualTo(400));
    }

    private void importDefinitions(String definitions) throws Exception {
        int port = server.httpAddress().orElseThrow().getPort();
        String guest = Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/definitions"))
                .header("Authorization", "Basic " + guest)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(definitions))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            assertThat(http.send(request, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    @HopCalls({"setClusterName", "getClusterName"})
    void theClusterHasANameThatCanBeChanged() {
        hop.setClusterName("hop's");

        assertThat(hop.getClusterName().getName()).isEqualTo("hop's");
    }

    @Test
    @HopCalls({"getDefinitions"})
    void definitionsHoldWhatWasDecided() {
        hop.createVhost("v");
        hop.createUser("u", "p".toCharArray(), List.of("mine"));
        hop.updatePermissions("v", "u", new UserPermissions("r", "w", "c"));
        hop.updateTopicPermissions("v", "u", new TopicPermissions("amq.topic", "r.*", "w.*"));
        hop.setClusterName("hop's");
        hop.limitMaxNumberOfQueues("v", 20);

        var definitions = hop.getDefinitions();

        assertThat(definitions.getServerVersion()).isNotEmpty();
        assertThat(definitions.getVhosts()).extracting(VhostInfo::getName).containsExactly("/", "v");
        assertThat(definitions.getUsers()).extracting(UserInfo::getName).containsExactly("guest", "u");
        assertThat(definitions.getPermissions())
                .extracting(UserPermissions::getUser, UserPermissions::getVhost)
                .contains(tuple("u", "v"));
        assertThat(definitions.getTopicPermissions())
                .extracting(TopicPermissions::getExchange)
                .containsExactly("amq.topic");
        assertThat(definitions.getGlobalParameters())
                .extracting(parameter -> parameter.getName())
                .contains("cluster_name");
        assertThat(definitions.getParameters())
                .extracting(parameter -> parameter.getComponent())
                .containsExactly("vhost-limits");
    }

    @Test
    @HopCalls({"whoAmI"})
    void theCallerIsToldWhoTheyAre() {
        assertThat(hop.whoAmI().getName()).isEqualTo("guest");
        assertThat(hop.whoAmI().getTags()).containsExactly("administrator");
    }
}

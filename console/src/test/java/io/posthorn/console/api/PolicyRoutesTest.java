package io.posthorn.console.api;

import static io.posthorn.console.api.Refusals.assertBad;
import static io.posthorn.console.api.Refusals.assertMissing;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.console.ManagedBroker;
import io.posthorn.transport.ListenException;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Policies, parameters and limits. Statuses and bodies are those of RabbitMQ 3.10.8, asked the same.
class PolicyRoutesTest {
    @AutoClose
    private final ManagedBroker broker;

    PolicyRoutesTest() throws ListenException {
        broker = new ManagedBroker();
    }

    @Test
    void policiesOfBothKindsAreMadeShownAndDeleted() {
        String body = "{\"pattern\":\"^q\",\"definition\":{\"message-ttl\":100}}";
        String shown = "{\"vhost\":\"/\",\"name\":\"p\",\"pattern\":\"^q\",\"apply-to\":\"all\","
                + "\"definition\":{\"message-ttl\":100},\"priority\":0}";
        for (String root : List.of("/api/policies", "/api/operator-policies")) {
            assertThat(broker.get(root).body()).isEqualTo("[]");
            assertThat(broker.put(root + "/%2F/p", body).status()).isEqualTo(201);
            assertThat(broker.put(root + "/%2F/p", body).status()).isEqualTo(204);
            assertThat(broker.get(root + "/%2F/p").body()).isEqualTo(shown);
            assertThat(broker.get(root + "/%2F").body()).isEqualTo("[" + shown + "]");
            assertThat(broker.get(root).body()).isEqualTo("[" + shown + "]");
            assertThat(broker.delete(root + "/%2F/p").status()).isEqualTo(204);
            assertMissing(broker.delete(root + "/%2F/p"));
            assertMissing(broker.get(root + "/nope"));
        }
    }

    @Test
    void aBadPolicyIsRefused() {
        String path = "/api/policies/%2F/p";
        assertBad(broker.put(path, "{\"definition\":{\"message-ttl\":1}}"), "\"[{key_missing,pattern}]\"");
        assertBad(broker.put(path, ""), "\"[{key_missing,pattern},{key_missing,definition}]\"");
        assertBad(
                broker.put(path, "{\"pattern\":\"x\",\"definition\":{}}"),
                "\"Validation failed\\n\\nno policy provided\\n\"");
        assertBad(
                broker.put(path, "{\"pattern\":7,\"definition\":{\"message-ttl\":1}}"),
                "\"Validation failed\\n\\npattern should be a binary but was 7\\n\"");
        assertBad(
                broker.put(path, "{\"pattern\":\"x\",\"definition\":{\"message-ttl\":1},\"priority\":\"7\"}"),
                "\"Validation failed\\n\\npriority should be a number, actually was <<\\\"7\\\">>\\n\"");
        assertThat(broker.put(path, "{\"pattern\":\"(\",\"definition\":{\"message-ttl\":1}}")
                        .status())
                .isEqualTo(400);
        assertThat(broker.put(path, "{\"pattern\":\"x\",\"definition\":{\"message-ttl\":1},\"apply-to\":\"none\"}")
                        .body())
                .contains("apply-to 'none' unrecognised");
        assertThat(broker.put("/api/policies/nope/p", "{\"pattern\":\"x\",\"definition\":{\"message-ttl\":1}}")
                        .body())
                .isEqualTo("{\"error\":\"not_found\",\"reason\":\"vhost_not_found\"}");
        assertThat(broker.topology().policies("/")).isEmpty();
    }

    @Test
    void parametersOfComponentsThatAreNotThereAreRefusedAsByRabbitMq() {
        for (String component : List.of("shovel", "federation-upstream", "nonsense", "../x", "<b>")) {
            String path = "/api/parameters/" + encode(component) + "/%2F/s";
            assertBad(
                    broker.put(path, "{\"value\":{\"src-queue\":\"q\"}}"),
                    "\"Validation failed\\n\\ncomponent " + component + " not found\\n\"");
            assertMissing(broker.get(path));
            assertMissing(broker.delete(path));
        }
        assertThat(broker.get("/api/parameters").body()).isEqualTo("[]");
        assertThat(broker.get("/api/parameters/nope").body()).isEqualTo("[]");
        assertMissing(broker.get("/api/parameters/shovel/nope"));
        assertThat(broker.put("/api/parameters/shovel/nope/s", "{\"value\":1}").body())
                .isEqualTo("{\"error\":\"not_found\",\"reason\":\"vhost_not_found\"}");
    }

    @Test
    void limitsOfAVirtualHostAreAParameterToo() {
        String path = "/api/parameters/vhost-limits/%2F/limits";

        assertThat(broker.put(path, "{\"value\":{\"max-queues\":7}}").status()).isEqualTo(201);
        assertThat(broker.put(path, "{\"value\":{\"max-connections\":9}}").status())
                .isEqualTo(204);
        assertThat(broker.get(path).body())
                .isEqualTo("{\"value\":{\"max-connections\":9},\"vhost\":\"/\",\"component\":\"vhost-limits\","
                        + "\"name\":\"limits\"}");
        assertThat(broker.topology().virtualHostLimits("/")).isEqualTo(Map.of("max-connections", 9L));
        assertBad(broker.put(path, "{}"), "\"[{key_missing,value}]\"");
        assertThat(broker.put(path, "{\"value\":5}").status()).isEqualTo(400);
        assertThat(broker.put(path, "{\"value\":{\"nope\":5}}").status()).isEqualTo(400);
        assertThat(broker.put("/api/parameters/vhost-limits/%2F/other", "{\"value\":{\"max-queues\":7}}")
                        .status())
                .isEqualTo(400);
        assertThat(broker.topology().virtualHostLimits("/")).isEqualTo(Map.of("max-connections", 9L));
        assertThat(broker.delete(path).status()).isEqualTo(204);
        assertThat(broker.topology().virtualHostLimits("/")).isEmpty();
        assertMissing(broker.delete(path));
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, UTF_8);
    }

    @Test
    void policiesAreSeenAmongParametersAndNotSetThere() {
        broker.put("/api/policies/%2F/p", "{\"pattern\":\"x\",\"definition\":{\"max-length\":1}}");
        broker.put("/api/operator-policies/%2F/o", "{\"pattern\":\"x\",\"definition\":{\"max-length\":1}}");
        broker.put("/api/vhost-limits/%2F/max-queues", "{\"value\":9}");

        assertThat(broker.get("/api/parameters?columns=component").body())
                .isEqualTo("[{\"component\":\"operator_policy\"},{\"component\":\"vhost-limits\"}]");
        assertThat(broker.get("/api/parameters/policy").body())
                .isEqualTo("[{\"value\":{\"pattern\":\"x\",\"apply-to\":\"all\",\"definition\":{\"max-length\":1},"
                        + "\"priority\":0},\"vhost\":\"/\",\"component\":\"policy\",\"name\":\"p\"}]");
        assertBad(
                broker.put("/api/parameters/policy/%2F/x", "{\"value\":{}}"),
                "\"policies may not be set using this method\"");
    }

    @Test
    void globalParametersAreSetShownAndDeleted() {
        String path = "/api/global-parameters/mine";

        assertThat(broker.put(path, "{\"value\":{\"a\":[1,\"x\",null,true,1.5]}}")
                        .status())
                .isEqualTo(201);
        assertThat(broker.put(path, "{\"value\":7}").status()).isEqualTo(204);
        assertThat(broker.get(path).body()).isEqualTo("{\"name\":\"mine\",\"value\":7}");
        assertThat(broker.get("/api/global-parameters").body()).isEqualTo("[{\"name\":\"mine\",\"value\":7}]");
        assertBad(broker.put(path, "{}"), "\"[{key_missing,value}]\"");
        assertThat(broker.delete(path).status()).isEqualTo(204);
        assertMissing(broker.delete(path));
        assertMissing(broker.get(path));
    }

    @Test
    void theNameOfTheClusterIsAGlobalParameter() {
        assertThat(broker.put("/api/cluster-name", "{\"name\":\"my cluster\"}").status())
                .isEqualTo(204);
        assertThat(broker.get("/api/cluster-name").body()).isEqualTo("{\"name\":\"my cluster\"}");
        assertThat(broker.get("/api/global-parameters/cluster_name").body())
                .isEqualTo("{\"name\":\"cluster_name\",\"value\":\"my cluster\"}");
        assertBad(broker.put("/api/cluster-name", "{}"), "\"[{key_missing,name}]\"");
        assertThat(broker.put("/api/cluster-name", "{\"name\":7}").status()).isEqualTo(400);
    }

    @Test
    void limitsOfHostsAreSetShownAndCleared() {
        String path = "/api/vhost-limits/%2F/max-queues";

        assertThat(broker.put(path, "{\"value\":5}").status()).isEqualTo(204);
        assertThat(broker.get("/api/vhost-limits").body())
                .isEqualTo("[{\"vhost\":\"/\",\"value\":{\"max-queues\":5}}]");
        assertThat(broker.get("/api/vhost-limits/%2F").body())
                .isEqualTo("[{\"vhost\":\"/\",\"value\":{\"max-queues\":5}}]");
        assertThat(broker.delete(path).status()).isEqualTo(204);
        assertThat(broker.delete(path).status()).isEqualTo(204);
        assertThat(broker.get("/api/vhost-limits/%2F").body()).isEqualTo("[]");
        assertThat(broker.put(path, "{\"value\":\"6\"}").body())
                .contains("max-queues should be a number, actually was <<\\\"6\\\">>");
        assertThat(broker.put(path, "{\"value\":1.5}").status()).isEqualTo(400);
        assertThat(broker.put("/api/vhost-limits/%2F/nope", "{\"value\":5}").status())
                .isEqualTo(400);
        assertBad(broker.put(path, "{}"), "\"[{key_missing,value}]\"");
        assertThat(broker.put("/api/vhost-limits/nope/max-queues", "{\"value\":5}")
                        .status())
                .isEqualTo(404);
        assertMissing(broker.get("/api/vhost-limits/nope"));
        assertThat(broker.get(path).status()).isEqualTo(405);
    }

    @Test
    void limitsOfUsersAreSetShownAndCleared() {
        String path = "/api/user-limits/guest/max-channels";

        assertThat(broker.put(path, "{\"value\":5}").status()).isEqualTo(204);
        assertThat(broker.get("/api/user-limits").body())
                .isEqualTo("[{\"user\":\"guest\",\"value\":{\"max-channels\":5}}]");
        assertThat(broker.get("/api/user-limits/guest").body())
                .isEqualTo("[{\"user\":\"guest\",\"value\":{\"max-channels\":5}}]");
        assertThat(broker.get("/api/users/guest").json().get("limits").toString())
                .isEqualTo("{\"max-channels\":5}");
        assertThat(broker.delete(path).status()).isEqualTo(204);
        assertThat(broker.get("/api/user-limits/guest").body()).isEqualTo("[]");
        assertBad(
                broker.put(path, "{\"value\":\"7\"}"),
                "\"max-channels should be a number, actually was <<\\\"7\\\">>\"");
        assertBad(broker.put("/api/user-limits/nope/max-channels", "{\"value\":2}"), "[\"no_such_user\",\"nope\"]");
        assertMissing(broker.get("/api/user-limits/nope"));
    }
}

package io.posthorn.console.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.console.ManagedBroker;
import io.posthorn.console.ManagedBroker.Answered;
import io.posthorn.transport.ListenException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Statuses and bodies are those of RabbitMQ 3.10.8, asked the same.
class AdministrationRoutesTest {
    private static final String NOT_FOUND = "{\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}";

    @AutoClose
    private final ManagedBroker broker;

    AdministrationRoutesTest() throws ListenException {
        broker = new ManagedBroker();
    }

    @Test
    void aVirtualHostIsMadeShownChangedAndDeleted() {
        assertThat(broker.put("/api/vhosts/a", "{\"description\":\"d\",\"tags\":\"x, y\"}")
                        .status())
                .isEqualTo(201);
        assertThat(broker.get("/api/vhosts/a").body())
                .isEqualTo("{\"name\":\"a\",\"description\":\"d\",\"tags\":[\"x\",\"y\"],"
                        + "\"default_queue_type\":\"undefined\",\"metadata\":{\"description\":\"d\",\"tags\":[\"x\",\"y\"]},"
                        + "\"tracing\":false,\"protected_from_deletion\":false,"
                        + "\"cluster_state\":{\"rabbit@localhost\":\"running\"}}");
        assertThat(broker.topology().permissions("guest", "a")).isEqualTo(PermissionPatterns.EVERYTHING);

        assertThat(broker.put("/api/vhosts/a", "").status()).isEqualTo(204);
        assertThat(broker.get("/api/vhosts/a").json().get("description").asString())
                .isEmpty();
        assertThat(broker.get("/api/vhosts?columns=name").body()).isEqualTo("[{\"name\":\"/\"},{\"name\":\"a\"}]");

        assertThat(broker.delete("/api/vhosts/a").status()).isEqualTo(204);
        assertMissing(broker.delete("/api/vhosts/a"));
        assertMissing(broker.get("/api/vhosts/a"));
    }

    @Test
    void aVirtualHostKeepsWhatOnlyNewerVersionsCanSay() {
        broker.put("/api/vhosts/a", "{\"default_queue_type\":\"quorum\",\"tags\":[\"q\"],\"tracing\":\"true\"}");
        broker.put("/api/vhosts/a", "{\"description\":\"later\"}");

        var host = broker.topology().virtualHost("a").spec();
        assertThat(host.defaultQueueType()).isEqualTo("quorum");
        assertThat(host.tracing()).isTrue();
        assertThat(host.tags()).isEmpty();
    }

    @Test
    void aBadVirtualHostIsRefused() {
        assertBad(broker.put("/api/vhosts/c", "{nonjson"), "\"not_json\"");
        assertBad(broker.put("/api/vhosts/c", "[]"), "\"not_json\"");
        assertBad(broker.put("/api/vhosts/c", "{\"tracing\":\"nonsense\"}"), "[\"not_boolean\",\"nonsense\"]");
        assertThat(broker.put("/api/vhosts/c", "{\"tags\":7}").status()).isEqualTo(400);
        assertThat(broker.put("/api/vhosts/c", "{\"default_queue_type\":\"fast\"}")
                        .status())
                .isEqualTo(400);
        assertThat(broker.put("/api/vhosts/" + "x".repeat(256), "{}").status()).isEqualTo(400);
        assertThat(broker.topology().virtualHosts()).hasSize(1);
        var wrongMethod = broker.post("/api/vhosts/a", "{}");
        assertThat(wrongMethod.status()).isEqualTo(405);
        assertThat(wrongMethod.header("allow")).isEqualTo("HEAD, GET, PUT, DELETE, OPTIONS");
    }

    @Test
    void aProtectedVirtualHostIsNotDeleted() {
        broker.put("/api/vhosts/a", "{}");

        assertThat(broker.post("/api/vhosts/a/deletion/protection", "").status())
                .isEqualTo(204);
        assertThat(broker.delete("/api/vhosts/a").status()).isEqualTo(400);
        assertThat(broker.delete("/api/vhosts/a/deletion/protection").status()).isEqualTo(204);
        assertThat(broker.delete("/api/vhosts/a").status()).isEqualTo(204);
        assertMissing(broker.post("/api/vhosts/a/deletion/protection", ""));
    }

    @Test
    void aVirtualHostRunsOnTheOnlyNode() {
        assertThat(broker.post("/api/vhosts/%2F/start/rabbit@localhost", "").status())
                .isEqualTo(204);
        assertBad(
                broker.post("/api/vhosts/%2F/start/nope@localhost", ""),
                "\"Request to node nope@localhost failed with nodedown\"");
    }

    @Test
    void aUserIsMadeShownChangedAndDeleted() {
        assertThat(broker.put("/api/users/u", "{\"password\":\"p\",\"tags\":\"management, mine\"}")
                        .status())
                .isEqualTo(201);
        var shown = broker.get("/api/users/u").json();
        assertThat(shown.get("tags").toString()).isEqualTo("[\"management\",\"mine\"]");
        assertThat(shown.get("limits").toString()).isEqualTo("{}");
        assertThat(shown.get("password_hash").asString()).isNotEmpty();
        assertThat(broker.put("/api/users/u", "{\"password\":\"p\",\"tags\":[\"x\"]}")
                        .status())
                .isEqualTo(204);
        assertThat(broker.get("/api/users")
                        .json()
                        .valueStream()
                        .map(user -> user.get("name").asString()))
                .containsExactly("guest", "u");

        assertThat(broker.delete("/api/users/u").status()).isEqualTo(204);
        assertMissing(broker.delete("/api/users/u"));
        assertMissing(broker.get("/api/users/u"));
    }

    @Test
    void aHashOfRabbitMqIsTakenAsItIs() {
        String hash = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";
        broker.put("/api/users/u", "{\"password_hash\":\"" + hash + "\",\"tags\":\"\"}");

        assertThat(broker.get("/api/users/u").body())
                .isEqualTo("{\"name\":\"u\",\"password_hash\":\"" + hash + "\","
                        + "\"hashing_algorithm\":\"rabbit_password_hashing_sha256\",\"tags\":[],\"limits\":{}}");
    }

    @Test
    void aUserWithoutPasswordIsMadeBySayingNone() {
        broker.put("/api/users/u", "{\"password\":\"p\",\"tags\":\"\"}");
        for (String body : List.of(
                "{\"tags\":\"x\"}", "{\"password\":\"\",\"tags\":\"\"}", "{\"password_hash\":\"\",\"tags\":\"\"}")) {
            assertThat(broker.put("/api/users/u", body).status()).isEqualTo(204);
            assertThat(broker.get("/api/users/u").json().get("password_hash").asString())
                    .isEmpty();
        }
    }

    @Test
    void aBadUserIsRefused() {
        assertBad(broker.put("/api/users/u", "{\"password\":\"p\"}"), "\"tags_not_present\"");
        assertBad(broker.put("/api/users/u", ""), "\"tags_not_present\"");
        assertBad(
                broker.put("/api/users/u", "{\"password\":\"p\",\"password_hash\":\"x\",\"tags\":\"\"}"),
                "\"both_password_and_password_hash_are_provided\"");
        assertBad(
                broker.put("/api/users/u", "{\"password_hash\":\"not base64!\",\"tags\":\"\"}"),
                "[\"not_base64\",\"not base64!\"]");
        for (String body : List.of(
                "{\"password\":7,\"tags\":\"\"}",
                "{\"password\":null,\"tags\":\"\"}",
                "{\"password\":\"x\",\"tags\":{\"a\":1}}",
                "{\"password_hash\":\"YWJj\",\"tags\":\"\",\"hashing_algorithm\":\"nope\"}",
                "\"x\"")) {
            assertThat(broker.put("/api/users/u", body).status()).as(body).isEqualTo(400);
        }
        assertThat(broker.topology().user("u")).isNull();
    }

    @Test
    void anAdministratorOfOldIsOne() {
        broker.put("/api/users/u", "{\"password\":\"x\",\"administrator\":true}");

        assertThat(broker.get("/api/users/u").json().get("tags").toString()).isEqualTo("[\"administrator\"]");
    }

    @Test
    void severalUsersAreDeletedTogetherOrNone() {
        broker.put("/api/users/u", "{\"tags\":\"\"}");
        broker.put("/api/users/v", "{\"tags\":\"\"}");

        assertBad(broker.post("/api/users/bulk-delete", "{\"users\":[\"u\",\"nope\"]}"), "[\"no_such_user\",\"nope\"]");
        assertBad(broker.post("/api/users/bulk-delete", "{}"), "\"[{key_missing,users}]\"");
        assertThat(broker.post("/api/users/bulk-delete", "{\"users\":\"u\"}").status())
                .isEqualTo(400);
        assertThat(broker.topology().users()).hasSize(3);
        assertThat(broker.post("/api/users/bulk-delete", "{\"users\":[\"u\",\"v\"]}")
                        .status())
                .isEqualTo(204);
        assertThat(broker.topology().users()).hasSize(1);
    }

    @Test
    void aUserWhoMayUseNoHostIsListed() {
        broker.put("/api/users/u", "{\"tags\":\"\"}");

        assertThat(broker.get("/api/users/without-permissions?columns=name").body())
                .isEqualTo("[{\"name\":\"u\"}]");
    }

    @Test
    void permissionsAreSetShownAndCleared() {
        broker.put("/api/users/u", "{\"tags\":\"\"}");
        String body = "{\"configure\":\".*\",\"write\":\"\",\"read\":\"^x$\"}";
        String shown = "{\"user\":\"u\",\"vhost\":\"/\",\"configure\":\".*\",\"write\":\"\",\"read\":\"^x$\"}";

        assertMissing(broker.get("/api/permissions/%2F/u"));
        assertThat(broker.put("/api/permissions/%2F/u", body).status()).isEqualTo(201);
        assertThat(broker.put("/api/permissions/%2F/u", body).status()).isEqualTo(204);
        assertThat(broker.get("/api/permissions/%2F/u").body()).isEqualTo(shown);
        assertThat(broker.get("/api/users/u/permissions").body()).isEqualTo("[" + shown + "]");
        assertThat(broker.get("/api/vhosts/%2F/permissions").json()).hasSize(2);
        assertThat(broker.get("/api/permissions").json()).hasSize(2);
        assertThat(broker.delete("/api/permissions/%2F/u").status()).isEqualTo(204);
        assertMissing(broker.delete("/api/permissions/%2F/u"));
        assertMissing(broker.get("/api/users/nope/permissions"));
        assertMissing(broker.get("/api/vhosts/nope/permissions"));
    }

    @Test
    void badPermissionsAreRefused() {
        assertBad(
                broker.put("/api/permissions/%2F/guest", "{\"configure\":\".*\",\"write\":\"\"}"),
                "\"[{key_missing,read}]\"");
        String everything = "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}";
        assertBad(broker.put("/api/permissions/%2F/nope", everything), "\"vhost_or_user_not_found\"");
        assertBad(broker.put("/api/permissions/nope/guest", everything), "\"vhost_or_user_not_found\"");
        for (String bad : List.of("\"(\"", "7", "null")) {
            assertThat(broker.put(
                                    "/api/permissions/%2F/guest",
                                    "{\"configure\":" + bad + ",\"write\":\"\",\"read\":\"\"}")
                            .status())
                    .isEqualTo(400);
        }
        assertThat(broker.topology().permissions("guest", "/")).isEqualTo(PermissionPatterns.EVERYTHING);
    }

    @Test
    void topicPermissionsAreSetShownAndCleared() {
        String path = "/api/topic-permissions/%2F/guest";
        String body = "{\"exchange\":\"amq.topic\",\"write\":\"w\",\"read\":\"r\"}";
        String shown = "{\"user\":\"guest\",\"vhost\":\"/\",\"exchange\":\"amq.topic\",\"write\":\"w\",\"read\":\"r\"}";

        assertMissing(broker.get(path));
        assertThat(broker.put(path, body).status()).isEqualTo(201);
        assertThat(broker.put(path, body).status()).isEqualTo(204);
        assertThat(broker.put(path, body.replace("amq.topic", "other")).status())
                .isEqualTo(204);
        assertThat(broker.get("/api/topic-permissions").json()).hasSize(2);
        assertThat(broker.get("/api/users/guest/topic-permissions").json()).hasSize(2);
        assertThat(broker.get("/api/vhosts/%2F/topic-permissions").json()).hasSize(2);
        assertThat(broker.delete(path + "/other").status()).isEqualTo(204);
        assertThat(broker.get(path).body()).isEqualTo("[" + shown + "]");
        assertThat(broker.delete(path).status()).isEqualTo(204);
        assertMissing(broker.delete(path));
        assertBad(broker.put(path, "{\"write\":\"\",\"read\":\"\"}"), "\"[{key_missing,exchange}]\"");
        assertBad(broker.put("/api/topic-permissions/%2F/nope", body), "\"vhost_or_user_not_found\"");
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

    @Test
    void aPasswordIsHashedAsRabbitMqDoes() {
        String hash = broker.post("/api/auth/hash_password", "{\"password\":\"secret\"}")
                .json()
                .get("ok")
                .asString();

        assertThat(broker.put("/api/users/u", "{\"password_hash\":\"" + hash + "\",\"tags\":\"\"}")
                        .status())
                .isEqualTo(201);
        assertThat(broker.get("/api/users/u").json().get("hashing_algorithm").asString())
                .isEqualTo(Credential.RABBIT_SHA256);
        assertThat(broker.get("/api/auth/hash_password/secret").status()).isEqualTo(200);
        assertBad(broker.post("/api/auth/hash_password", "{}"), "\"[{key_missing,password}]\"");
    }

    @Test
    void whoDoesNotAdministerSeesOnlyTheirOwn() {
        broker.put("/api/vhosts/mine", "{}");
        broker.put("/api/vhosts/others", "{}");
        broker.put("/api/policies/mine/p", "{\"pattern\":\"x\",\"definition\":{\"max-length\":1}}");
        broker.put("/api/policies/others/p", "{\"pattern\":\"x\",\"definition\":{\"max-length\":1}}");
        broker.put("/api/users/m", "{\"tags\":\"management\"}");
        broker.put("/api/users/p", "{\"tags\":\"policymaker\"}");
        broker.put("/api/users/none", "{\"tags\":\"\"}");
        for (String user : List.of("m", "p", "none")) {
            broker.put("/api/permissions/mine/" + user, "{\"configure\":\"\",\"write\":\"\",\"read\":\"\"}");
        }
        broker.put("/api/user-limits/m/max-channels", "{\"value\":5}");
        broker.put("/api/user-limits/p/max-channels", "{\"value\":5}");

        assertThat(get("m", "/api/vhosts?columns=name").body()).isEqualTo("[{\"name\":\"mine\"}]");
        assertThat(get("m", "/api/policies?columns=vhost").body()).isEqualTo("[{\"vhost\":\"mine\"}]");
        assertThat(get("m", "/api/user-limits?columns=user").body()).isEqualTo("[{\"user\":\"m\"}]");
        assertRefused(get("m", "/api/policies/others"), "User not authorised to access virtual host");
        for (String path : List.of(
                "/api/vhosts/mine",
                "/api/users",
                "/api/users/m",
                "/api/permissions",
                "/api/permissions/mine/m",
                "/api/topic-permissions",
                "/api/vhosts/mine/permissions",
                "/api/users/m/permissions",
                "/api/definitions",
                "/api/definitions/mine",
                "/api/auth/hash_password/x")) {
            assertRefused(get("m", path), "Not administrator user");
        }
        assertRefused(get("m", "/api/parameters"), "User not authorised to access object");
        assertRefused(get("m", "/api/global-parameters"), "User not authorised to access object");
        assertThat(get("p", "/api/parameters").status()).isEqualTo(200);
        assertRefused(get("none", "/api/vhosts"), "Not management user");
        String policy = "{\"pattern\":\"x\",\"definition\":{\"max-length\":2}}";
        assertThat(broker.ask("m", "PUT", "/api/policies/mine/q", policy).status())
                .isEqualTo(401);
        assertThat(broker.ask("p", "PUT", "/api/policies/others/q", policy).status())
                .isEqualTo(401);
        assertThat(broker.ask("p", "PUT", "/api/operator-policies/mine/q", policy)
                        .status())
                .isEqualTo(401);
        assertThat(broker.ask("p", "PUT", "/api/policies/mine/q", policy).status())
                .isEqualTo(201);
    }

    /// As RabbitMQ 3.10 does: compared with it, route by route.
    @Test
    void whoMonitorsKnowsThatAVirtualHostIsThereAndNotWhatIsInIt() {
        broker.put("/api/vhosts/hidden", "{}");
        broker.put("/api/permissions/hidden/guest", "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
        broker.put("/api/queues/hidden/secret", "{\"durable\":true}");
        broker.put("/api/policies/hidden/p", "{\"pattern\":\"x\",\"definition\":{\"max-length\":1}}");
        broker.put("/api/vhost-limits/hidden/max-queues", "{\"value\":5}");
        broker.put("/api/users/watcher", "{\"tags\":\"monitoring\"}");
        broker.put("/api/users/chief", "{\"tags\":\"administrator\"}");

        assertThat(get("watcher", "/api/vhosts?columns=name").body()).contains("\"hidden\"");
        assertThat(get("watcher", "/api/vhost-limits/hidden").status()).isEqualTo(200);
        assertThat(get("watcher", "/api/vhost-limits").body()).contains("\"hidden\"");
        for (String path : List.of("queues", "exchanges", "bindings", "consumers", "policies", "consumers/hidden")) {
            assertThat(get("watcher", "/api/" + path).body()).as(path).isEqualTo("[]");
        }
        for (String path : List.of(
                "queues/hidden",
                "queues/hidden/secret",
                "queues/hidden/secret/bindings",
                "exchanges/hidden",
                "exchanges/hidden/amq.direct",
                "bindings/hidden",
                "policies/hidden",
                "vhosts/hidden/connections",
                "vhosts/hidden/channels")) {
            assertRefused(get("watcher", "/api/" + path), "User not authorised to access virtual host");
            assertThat(get("chief", "/api/" + path).status()).as(path).isEqualTo(200);
        }
    }

    @Test
    void hostileNamesAreNamesLikeOthers() {
        for (String name : List.of("..%2F..%2Fetc", "%00", "a%0D%0Ab", "%3Cscript%3E", "%C3%A4%E2%82%AC%F0%9F%90%87")) {
            for (String path : List.of("/api/vhosts/" + name, "/api/users/" + name)) {
                var made = broker.put(path, "{\"tags\":\"\"}");
                assertThat(made.status()).as(path).isEqualTo(201);
                var shown = broker.get(path);
                assertThat(shown.status()).as(path).isEqualTo(200);
                assertThat(shown.json().get("name").asString()).isEqualTo(URLDecoder.decode(name, UTF_8));
                assertThat(broker.delete(path).status()).as(path).isEqualTo(204);
            }
        }
        assertThat(broker.topology().users()).hasSize(1);
        assertThat(broker.topology().virtualHosts()).hasSize(1);
    }

    private Answered get(String user, String path) {
        return broker.ask(user, "GET", path, "");
    }

    private static void assertMissing(Answered answer) {
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo(NOT_FOUND);
    }

    private static void assertBad(Answered answer, String reason) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"bad_request\",\"reason\":" + reason + "}");
    }

    private static void assertRefused(Answered answer, String reason) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"error\":\"not_authorised\",\"reason\":\"" + reason + "\"}");
    }
}

package io.posthorn.console.api;

import static io.posthorn.console.api.Refusals.assertBad;
import static io.posthorn.console.api.Refusals.assertMissing;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.console.ManagedBroker;
import io.posthorn.transport.ListenException;
import java.net.URLDecoder;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Virtual hosts, users and their rights. Statuses and bodies are those of RabbitMQ 3.10.8, asked the same.
class AdministrationRoutesTest {
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
}

package io.posthorn.console.api;

import static io.posthorn.console.api.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.console.ManagedBroker;
import io.posthorn.console.ManagedBroker.Answered;
import io.posthorn.transport.ListenException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Who sees and changes what, by their tags. Statuses and bodies are those of RabbitMQ 3.10.8, asked the same.
class AdministrationRightsTest {
    private static final String POLICY = "{\"pattern\":\"x\",\"definition\":{\"max-length\":1}}";

    @AutoClose
    private final ManagedBroker broker;

    AdministrationRightsTest() throws ListenException {
        broker = new ManagedBroker();
    }

    @Test
    void whoDoesNotAdministerSeesOnlyTheirOwn() {
        broker.put("/api/vhosts/mine", "{}");
        broker.put("/api/vhosts/others", "{}");
        broker.put("/api/policies/mine/p", POLICY);
        broker.put("/api/policies/others/p", POLICY);
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
        assertThat(putPolicy("m", "policies/mine/q")).isEqualTo(401);
        assertThat(putPolicy("p", "policies/others/q")).isEqualTo(401);
        assertThat(putPolicy("p", "operator-policies/mine/q")).isEqualTo(401);
        assertThat(putPolicy("p", "policies/mine/q")).isEqualTo(201);
    }

    /// As RabbitMQ 3.10 does: compared with it, route by route.
    @Test
    void whoMonitorsKnowsThatAVirtualHostIsThereAndNotWhatIsInIt() {
        broker.put("/api/vhosts/hidden", "{}");
        broker.put("/api/permissions/hidden/guest", "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
        broker.put("/api/queues/hidden/secret", "{\"durable\":true}");
        broker.put("/api/policies/hidden/p", POLICY);
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

    /// @return the status
    private int putPolicy(String user, String path) {
        return broker.ask(user, "PUT", "/api/" + path, POLICY).status();
    }

    private Answered get(String user, String path) {
        return broker.ask(user, "GET", path, "");
    }
}

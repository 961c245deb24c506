package io.posthorn.console.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.console.ManagedBroker;
import io.posthorn.console.ManagedBroker.Answered;
import io.posthorn.transport.ListenException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class DefinitionRoutesTest {
    private static final String FORM = "multipart/form-data; boundary=B";

    @AutoClose
    private final ManagedBroker broker;

    DefinitionRoutesTest() throws ListenException {
        broker = new ManagedBroker();
    }

    @Test
    void aFileIsImportedAndExported() {
        assertThat(broker.post("/api/definitions", """
                {"vhosts": [{"name": "new"}],
                 "queues": [{"name": "q", "vhost": "new", "durable": true, "arguments": {"x-max-length": 5}}]}
                """).status()).isEqualTo(204);

        var exported = broker.get("/api/definitions").json();
        assertThat(exported.get("rabbitmq_definition_format").asString()).isEqualTo("cluster");
        assertThat(exported.get("queues").toString())
                .isEqualTo("[{\"name\":\"q\",\"vhost\":\"new\",\"durable\":true,\"auto_delete\":false,"
                        + "\"arguments\":{\"x-max-length\":5}}]");
        assertThat(broker.post("/api/definitions", exported.toString()).status())
                .isEqualTo(204);
        assertThat(broker.get("/api/definitions").json()).isEqualTo(exported);
    }

    @Test
    void aFileIsImportedIntoOneHostAndExportedFromIt() {
        broker.put("/api/vhosts/a", "");

        assertThat(broker.post("/api/definitions/a", "{\"queues\": [{\"name\": \"q\", \"durable\": true}]}")
                        .status())
                .isEqualTo(204);
        var exported = broker.get("/api/definitions/a").json();
        assertThat(exported.get("original_vhost_name").asString()).isEqualTo("a");
        assertThat(exported.get("queues").toString())
                .isEqualTo("[{\"name\":\"q\",\"durable\":true,\"auto_delete\":false,\"arguments\":{}}]");
        assertThat(broker.get("/api/definitions/nope").body())
                .isEqualTo("{\"error\":\"bad_request\",\"reason\":\"vhost_not_found\"}");
        assertThat(broker.post("/api/definitions/nope", "{}").body())
                .isEqualTo("{\"error\":\"not_found\",\"reason\":\"vhost_not_found\"}");
    }

    @Test
    void aDownloadIsNamedAndHasTheColumnsThatAreWanted() {
        var answer = broker.get("/api/definitions?download=my-file.json&columns=vhosts");

        assertThat(answer.header("content-disposition")).isEqualTo("attachment; filename=my-file.json");
        assertThat(answer.json().propertyNames()).containsExactly("vhosts");
        assertThat(broker.get("/api/definitions?download=a%0D%0Ab").header("content-disposition"))
                .isEmpty();
    }

    @Test
    void aFormIsTakenAsTheBrowserSendsIt() {
        assertThat(form("""
                --B
                Content-Disposition: form-data; name="file"; filename="x.json"
                Content-Type: application/json

                {"vhosts":[{"name":"viaform"}]}
                --B--
                """).status()).isEqualTo(204);
        assertThat(broker.topology().hasVirtualHost("viaform")).isTrue();

        var redirected = form("""
                --B
                Content-Disposition: form-data; name="redirect"

                ../#/import-succeeded
                --B
                Content-Disposition: form-data; name="file"; filename="x.json"

                {"vhosts":[{"name":"second"}]}
                --B--
                """);
        assertThat(redirected.status()).isEqualTo(303);
        assertThat(redirected.header("location")).isEqualTo("../#/import-succeeded");
        assertThat(broker.topology().hasVirtualHost("second")).isTrue();
    }

    @Test
    void aFormSendsNobodyElsewhere() {
        for (String elsewhere : new String[] {"//evil.example/", "https://evil.example/", "javascript:alert(1)"}) {
            var answer = form("""
                    --B
                    Content-Disposition: form-data; name="redirect"

                    %s
                    --B
                    Content-Disposition: form-data; name="file"

                    {}
                    --B--
                    """.formatted(elsewhere));
            assertThat(answer.status()).as(elsewhere).isEqualTo(204);
        }
        assertThat(form("--B--\n").status()).isEqualTo(400);
    }

    @Test
    void aDryRunSaysWhatWouldChangeAndChangesNothing() {
        var before = broker.get("/api/definitions").body();

        var plan = broker.post("/api/definitions?dry_run=true", """
                {"vhosts": [{"name": "new"}, {"name": "/", "description": "The first"}],
                 "shovels": [],
                 "bindings": [{"source": "amq.direct", "vhost": "new", "destination": "nowhere",
                               "destination_type": "queue", "routing_key": "k"}]}
                """);

        assertThat(plan.status()).isEqualTo(200);
        assertThat(plan.body())
                .isEqualTo("{\"created\":1,\"changed\":1,\"unchanged\":0,\"refused\":1,\"steps\":["
                        + "{\"what\":\"vhost 'new'\",\"place\":\"vhosts[0] (line 1)\",\"verdict\":\"created\"},"
                        + "{\"what\":\"vhost '/'\",\"place\":\"vhosts[1] (line 1)\",\"verdict\":\"changed\","
                        + "\"fields\":[{\"field\":\"description\",\"before\":\"\",\"after\":\"The first\"}]},"
                        + "{\"what\":\"binding from exchange 'amq.direct' to queue 'nowhere' with key 'k' in vhost"
                        + " 'new'\",\"place\":\"bindings[0] (line 3)\",\"verdict\":\"refused\","
                        + "\"reason\":\"no queue 'nowhere' in vhost 'new'\"}],"
                        + "\"notes\":[\"shovels (line 2) is passed over: says nothing to this broker\"]}");
        assertThat(broker.get("/api/definitions").body()).isEqualTo(before);
    }

    @Test
    void aBadFileChangesNothingAndIsToldWithPlaceAndReason() {
        var before = broker.get("/api/definitions").body();

        assertBad(
                "{\"vhosts\": [{\"nam\": \"x\"}]}",
                "vhosts[0] (line 1) needs \\\"name\\\"; is \\\"nam\\\" meant to be it?");
        assertBad("[]", "line 1 has to be an object, not an array");
        assertThat(broker.post("/api/definitions", "{\"nope").body())
                .startsWith("{\"error\":\"bad_request\",\"reason\":\"failed_to_parse_json: This is no JSON: ");
        assertBad("""
                {"vhosts": [{"name": "new"}],
                 "permissions": [{"user": "nope", "vhost": "new", "configure": "", "write": "", "read": ""}]}
                """, "permissions[0] (line 2): user 'nope' not found");
        assertBad("""
                {"queues": [{"name": "q", "vhost": "nope", "durable": true}]}
                """, "queues[0] (line 1): vhost nope not found");
        assertThat(broker.get("/api/definitions").body()).isEqualTo(before);
    }

    @Test
    void nothingAtAllIsAFileWithNothingInIt() {
        assertThat(broker.post("/api/definitions", "").status()).isEqualTo(204);
        assertThat(broker.ask("guest", "PUT", "/api/definitions", "{}").header("allow"))
                .isEqualTo("HEAD, GET, POST, OPTIONS");
    }

    private Answered form(String body) {
        return broker.ask("guest", "POST", "/api/definitions", FORM, body.replace("\n", "\r\n"));
    }

    private void assertBad(String file, String reason) {
        var answer = broker.post("/api/definitions", file);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"bad_request\",\"reason\":\"" + reason + "\"}");
    }
}

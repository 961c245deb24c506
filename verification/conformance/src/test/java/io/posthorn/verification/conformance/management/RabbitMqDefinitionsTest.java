package io.posthorn.verification.conformance.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Definitions that go from a RabbitMQ to us and back. It is changed by that:
/// `-Dconformance.rabbitmq.api=URL` names one that may be, `http://127.0.0.1:15672`, with guest as its
/// administrator.
@EnabledIfSystemProperty(named = "conformance.rabbitmq.api", matches = "http.*")
class RabbitMqDefinitionsTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final List<String> CATEGORIES = List.of(
            "users",
            "permissions",
            "topic_permissions",
            "parameters",
            "global_parameters",
            "policies",
            "queues",
            "exchanges",
            "bindings");

    private static final String FILE = """
            {"vhosts": [{"name": "there and back"}],
             "users": [{"name": "traveller", "password": "secret", "tags": "monitoring,mine",
                        "limits": {"max-connections": 3}}],
             "permissions": [{"user": "traveller", "vhost": "there and back",
                              "configure": "^a", "write": ".*", "read": ""}],
             "topic_permissions": [{"user": "traveller", "vhost": "there and back", "exchange": "events",
                                    "write": "^{username}", "read": ".*"}],
             "policies": [{"vhost": "there and back", "name": "p", "pattern": "^q", "apply-to": "queues",
                           "priority": 3, "definition": {"max-length": 10}}],
             "parameters": [{"vhost": "there and back", "component": "operator_policy", "name": "o",
                             "value": {"pattern": ".*", "apply-to": "queues", "priority": 0,
                                       "definition": {"max-length": 1000}}},
                            {"vhost": "there and back", "component": "vhost-limits", "name": "limits",
                             "value": {"max-queues": 20}}],
             "exchanges": [{"name": "events", "vhost": "there and back", "type": "topic", "durable": true,
                            "auto_delete": false, "internal": false,
                            "arguments": {"alternate-exchange": "amq.fanout"}}],
             "queues": [{"name": "q", "vhost": "there and back", "durable": true, "auto_delete": false,
                         "arguments": {"x-message-ttl": 60000, "nested": {"list": [1, 2.5, "three", true]}}},
                        {"name": "replicated", "vhost": "there and back", "durable": true, "auto_delete": false,
                         "arguments": {"x-queue-type": "quorum"}}],
             "bindings": [{"source": "events", "vhost": "there and back", "destination": "q",
                           "destination_type": "queue", "routing_key": "a.#", "arguments": {}},
                          {"source": "amq.headers", "vhost": "there and back", "destination": "events",
                           "destination_type": "exchange", "routing_key": "",
                           "arguments": {"x-match": "any", "n": 5}}]}
            """;

    @AutoClose
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AutoClose
    private final Server server = Server.start(ServerConfig.inMemory());

    private final String rabbit = System.getProperty("conformance.rabbitmq.api", "");
    private final String posthorn =
            "http://127.0.0.1:" + server.httpAddress().orElseThrow().getPort();

    @Test
    void whatRabbitMqExportsComesBackAsItWas() throws IOException, InterruptedException {
        importInto(rabbit, FILE);
        String exported = exportOf(rabbit);
        importInto(posthorn, exported);
        String fromHere = exportOf(posthorn);
        importInto(rabbit, fromHere);

        for (String category : CATEGORIES) {
            assertThat(items(fromHere, category)).as(category).containsAll(items(exported, category));
            assertThat(items(exportOf(rabbit), category)).as(category).containsAll(items(fromHere, category));
        }
    }

    /// Neither lists, nor tags, nor the members of an object have an order.
    private static Set<JsonNode> items(String file, String category) {
        return MAPPER.readTree(file)
                .get(category)
                .valueStream()
                // Who logs in here gets a better hash.
                .filter(item -> !item.path("name").asString("").equals("guest"))
                .map(RabbitMqDefinitionsTest::sorted)
                .collect(Collectors.toSet());
    }

    private static JsonNode sorted(JsonNode item) {
        if (item instanceof ObjectNode members && members.get("tags") instanceof ArrayNode tags) {
            var words = tags.valueStream().map(JsonNode::stringValue).sorted().toList();
            members.putArray("tags")
                    .addAll(words.stream().map(StringNode::valueOf).toList());
        }
        return item;
    }

    private void importInto(String broker, String file) throws IOException, InterruptedException {
        var answer = client.send(
                request(broker)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(file))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.body()).isEmpty();
        assertThat(answer.statusCode()).isEqualTo(204);
    }

    private String exportOf(String broker) throws IOException, InterruptedException {
        return client.send(request(broker).GET().build(), BodyHandlers.ofString())
                .body();
    }

    private static HttpRequest.Builder request(String broker) {
        String guest = Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(URI.create(broker + "/api/definitions"))
                .header("Authorization", "Basic " + guest);
    }
}

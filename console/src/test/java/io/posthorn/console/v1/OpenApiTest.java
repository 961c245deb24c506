package io.posthorn.console.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.console.PlainForm;
import io.posthorn.console.http.Route;
import io.posthorn.console.http.Route.Parameter;
import io.posthorn.console.http.Route.Parameter.In;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What the description says is what is served.
class OpenApiTest {
    private static final Pattern VARIABLE = Pattern.compile("\\{[^}]+}");

    private final V1World world = new V1World();
    private final JsonNode document;
    private final Set<String> seen = new HashSet<>();

    OpenApiTest() throws Exception {
        document = world.get("/v1/openapi.json");
        world.declare("grave", Map.of());
        world.declareWithDeadLetters("orders", "grave");
        world.declareDelayed("later", "orders");
        world.publish("orders", "one", "two");
        world.rejectAll("orders", "grave");
        world.publish("orders", "three");
        for (int i = 0; i < 3; i++) {
            world.publish("later", "orders", "delayed", new Arguments(Map.of("x-delay", 10_000_000)));
        }
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void everyRouteIsDescribedWithItsParametersAndAnswers() {
        List<Endpoint> endpoints = V1Api.endpoints(world.memory.broker(), new PlainForm(), InstantSource.system());
        assertThat(endpoints).hasSizeGreaterThan(10);
        for (Endpoint endpoint : endpoints) {
            Route route = endpoint.route();
            JsonNode operation = operation(route.verb().name(), route.path());
            assertThat(operation.get("summary").stringValue()).isNotBlank();
            for (String variable : route.variables()) {
                assertThat(parameter(operation, variable).get("in").stringValue())
                        .isEqualTo("path");
            }
            for (Parameter each : route.parameters()) {
                JsonNode described = each.in() == In.QUERY
                        ? parameter(operation, each.name()).get("schema")
                        : operation.at("/requestBody/content/application~1json/schema/properties/" + each.name());
                assertThat(described.get("type").stringValue())
                        .as(route.path() + " " + each.name())
                        .isEqualTo(each.type());
            }
            assertThat(endpoint.answers()).as(route.path()).isNotEmpty();
            for (int status : endpoint.answers().keySet()) {
                assertThat(operation.get("responses").has(String.valueOf(status)))
                        .isTrue();
            }
            assertThat(operation
                            .at("/responses/default/content/application~1problem+json/schema/$ref")
                            .stringValue())
                    .isEqualTo("#/components/schemas/Problem");
        }
        assertThat(operationIds()).doesNotHaveDuplicates().hasSameSizeAs(endpoints);
    }

    private List<String> operationIds() {
        return document.get("paths")
                .valueStream()
                .flatMap(JsonNode::valueStream)
                .map(each -> each.get("operationId").stringValue())
                .toList();
    }

    private JsonNode operation(String verb, String path) {
        JsonNode operation = document.get("paths").get(path).get(verb.toLowerCase(Locale.ROOT));
        assertThat(operation).as(verb + " " + path).isNotNull();
        return operation;
    }

    private static JsonNode parameter(JsonNode operation, String name) {
        return operation
                .get("parameters")
                .valueStream()
                .filter(each -> each.get("name").stringValue().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no parameter " + name));
    }

    /// Every route is asked, in an order in which each has something to do.
    @Test
    void realAnswersAreAsTheyAreDescribed() throws Exception {
        String orders = "/v1/vhosts/%2F/queues/orders";
        String grave = "/v1/vhosts/%2F/queues/grave";
        check("GET", "/v1/openapi.json", "", 200);
        check("GET", orders, "", 200);
        check("PUT", orders + "/pause", "{\"reason\": \"the database is away\"}", 204);
        assertThat(check("GET", orders, "", 200).get("paused_because").stringValue())
                .isEqualTo("the database is away");
        check("DELETE", orders + "/pause", "", 204);
        check("GET", orders + "/messages", "", 200);
        JsonNode page = check("GET", grave + "/messages?limit=1&body=2", "", 200);
        assertThat(page.at("/messages/0/body").stringValue()).isEqualTo("on");
        assertThat(page.at("/messages/0/body_bytes").intValue()).isEqualTo(3);
        JsonNode behind =
                check("GET", grave + "/messages?from=" + page.get("next").longValue(), "", 200);
        String last = behind.get("messages")
                .valueStream()
                .reduce((_, second) -> second)
                .orElseThrow()
                .get("id")
                .toString();
        check("DELETE", grave + "/messages/" + last, "", 204);
        JsonNode dead = check("GET", orders + "/messages?state=dead", "", 200);
        assertThat(dead.at("/messages/0/deaths/0/queue").stringValue()).isEqualTo("orders");
        check("GET", grave + "/dead-letters", "", 200);
        check("GET", "/v1/vhosts/%2F/dead-letters?by=reason", "", 200);
        JsonNode slow = check("POST", grave + "/dead-letters/replay", "{\"rate\": 1, \"wait\": 0}", 202);
        check("DELETE", "/v1/operations/" + slow.get("id").stringValue(), "", 204);
        JsonNode replayed = check("POST", grave + "/dead-letters/replay", "{\"dry_run\": true}", 200);
        check("GET", "/v1/operations", "", 200);
        check("GET", "/v1/operations/" + replayed.get("id").stringValue(), "", 200);
        String delayed = "/v1/vhosts/%2F/exchanges/later/delayed";
        JsonNode first = check("GET", delayed + "?limit=2", "", 200);
        assertThat(first.get("messages").size()).isEqualTo(2);
        JsonNode rest = check("GET", delayed + "?from=" + first.get("next").stringValue(), "", 200);
        assertThat(rest.get("messages").size()).isEqualTo(1);
        assertThat(rest.get("next").isNull()).isTrue();
        check("DELETE", delayed + "/" + rest.at("/messages/0/id").stringValue(), "", 204);
        assertThat(check("GET", delayed, "", 200).get("messages").size()).isEqualTo(2);

        JsonNode exported = check("GET", orders + "/export?limit=1", "", 200).get("messages");
        check("POST", "/v1/vhosts/%2F/import", "{\"to_queue\": \"orders\", \"messages\": " + exported + "}", 200);

        assertThat(seen)
                .as("a route that nobody has asked")
                .hasSize(operationIds().size());
    }

    private JsonNode check(String method, String path, String body, int status) throws Exception {
        HttpResponse<String> response = world.ask(method, path, body);
        assertThat(response.statusCode())
                .as(method + " " + path + ": " + response.body())
                .isEqualTo(status);
        String template = templateOf(method, path.replaceAll("\\?.*", ""));
        seen.add(method + " " + template);
        JsonNode answer = operation(method, template).get("responses").get(String.valueOf(status));
        if (!answer.has("content")) {
            assertThat(response.body()).isEmpty();
            return answer;
        }
        JsonNode value = V1World.json(response);
        checkAgainst(answer.at("/content/application~1json/schema"), value, method + " " + template);
        return value;
    }

    private String templateOf(String method, String path) {
        for (String template : document.get("paths").propertyNames()) {
            String pattern = VARIABLE.matcher(template).replaceAll("[^/]+");
            if (path.matches(pattern) && document.get("paths").get(template).has(method.toLowerCase(Locale.ROOT))) {
                return template;
            }
        }
        throw new AssertionError("nothing describes " + method + " " + path);
    }

    /// As much of JSON schema as the description uses.
    private static void checkAgainst(JsonNode schema, JsonNode value, String at) {
        JsonNode type = schema.get("type");
        boolean nullable = type.isArray();
        if (nullable && value.isNull()) {
            return;
        }
        switch (nullable ? type.get(0).stringValue() : type.stringValue()) {
            case "string" -> {
                assertThat(value.isString()).as(at).isTrue();
                if (schema.has("enum")) {
                    assertThat(schema.get("enum").valueStream().toList()).as(at).contains(value);
                }
            }
            case "integer" -> assertThat(value.isIntegralNumber()).as(at).isTrue();
            case "boolean" -> assertThat(value.isBoolean()).as(at).isTrue();
            case "array" -> {
                assertThat(value.isArray()).as(at).isTrue();
                value.forEach(item -> checkAgainst(schema.get("items"), item, at + "[]"));
            }
            case "object" -> checkObject(schema, value, at);
            default -> throw new AssertionError("what is a " + type + "?");
        }
    }

    private static void checkObject(JsonNode schema, JsonNode value, String at) {
        assertThat(value.isObject()).as(at).isTrue();
        if (!schema.has("properties")) {
            JsonNode each = schema.get("additionalProperties");
            if (each != null) {
                value.forEach(member -> checkAgainst(each, member, at + ".*"));
            }
            return;
        }
        schema.get("required")
                .forEach(name -> assertThat(value.has(name.stringValue()))
                        .as(at + " lacks " + name)
                        .isTrue());
        for (String name : value.propertyNames()) {
            JsonNode member = schema.get("properties").get(name);
            assertThat(member).as(at + " has " + name).isNotNull();
            checkAgainst(member, value.get(name), at + "." + name);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "GET /v1/vhosts/%2F/queues/none '' 404",
                "GET /v1/vhosts/none/queues/orders '' 404",
                "GET /v1/vhosts/%2F/queues/none/messages '' 404",
                "GET /v1/vhosts/%2F/queues/orders/messages?state=odd '' 400",
                "GET /v1/vhosts/%2F/queues/orders/messages?limit=0 '' 400",
                "GET /v1/vhosts/%2F/queues/orders/messages?limit=many '' 400",
                "GET /v1/vhosts/%2F/queues/orders/messages?limits=1 '' 400",
                "PUT /v1/vhosts/%2F/queues/none/pause '' 404",
                "PUT /v1/vhosts/%2F/queues/orders/pause {\"reason\":1} 400",
                "PUT /v1/vhosts/%2F/queues/orders/pause [] 400",
                "PUT /v1/vhosts/%2F/queues/orders/pause { 400",
                "GET /v1/vhosts/%2F/exchanges/none/delayed '' 404",
                "GET /v1/vhosts/%2F/exchanges/amq.direct/delayed '' 400",
                "GET /v1/vhosts/%2F/exchanges/later/delayed?from=x '' 400",
                "DELETE /v1/vhosts/%2F/exchanges/later/delayed/7 '' 404",
                "DELETE /v1/vhosts/%2F/exchanges/later/delayed/x '' 404",
                "GET /v1/vhosts/%2F/queues/grave/dead-letters?by=colour '' 400",
                "POST /v1/vhosts/%2F/queues/grave/dead-letters/replay {\"where\":{\"color\":\"red\"}} 400",
                "POST /v1/vhosts/%2F/queues/grave/dead-letters/replay {\"dryrun\":true} 400",
                "POST /v1/vhosts/%2F/queues/grave/dead-letters/replay {\"rate\":-1} 400",
                "POST /v1/vhosts/%2F/queues/grave/dead-letters/replay {\"routing_key\":\"k\"} 400",
                "POST /v1/vhosts/%2F/queues/grave/dead-letters/replay {\"ids\":7} 400",
                "GET /v1/operations/none '' 404",
                "GET /v1/vhosts/%2F/queues/..%2F..%00%0d%0a '' 404",
            })
    void whatIsWrongIsTold(String method, String path, String body, int status) throws Exception {
        var response = world.ask(method, path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        JsonNode problem = V1World.json(response);
        checkAgainst(document.at("/components/schemas/Problem"), problem, "problem");
        assertThat(problem.get("status").intValue()).isEqualTo(status);
        assertThat(world.ready("grave")).isEqualTo(2);
    }

    @Test
    void aMisspeltParameterIsNamedRight() throws Exception {
        var response = world.ask("POST", "/v1/vhosts/%2F/queues/grave/dead-letters/replay", "{\"dryrun\":true}");
        assertThat(V1World.json(response).get("detail").stringValue())
                .isEqualTo("unknown parameter 'dryrun', did you mean 'dry_run'?");
    }
}

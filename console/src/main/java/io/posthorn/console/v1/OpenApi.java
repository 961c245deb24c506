package io.posthorn.console.v1;

import io.posthorn.console.http.Access;
import io.posthorn.console.http.Route;
import io.posthorn.console.http.Route.Parameter;
import io.posthorn.console.http.Route.Parameter.In;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The description of the API, made from the table that serves it.
final class OpenApi {
    private static final String JSON = "application/json";
    private static final Map<String, Object> REFUSED = Map.of(
            "description",
            "Why not (RFC 9457).",
            "content",
            Map.of(Problems.CONTENT_TYPE, Map.of("schema", Map.of("$ref", "#/components/schemas/Problem"))));

    private OpenApi() {}

    static Map<String, Object> of(List<Endpoint> endpoints) {
        var paths = new LinkedHashMap<String, Map<String, Object>>();
        for (Endpoint each : endpoints) {
            paths.computeIfAbsent(each.route().path(), _ -> new LinkedHashMap<>())
                    .put(each.route().verb().name().toLowerCase(Locale.ROOT), operation(each));
        }
        var document = new LinkedHashMap<String, Object>();
        document.put("openapi", "3.1.0");
        document.put("info", Map.of("title", "Posthorn", "version", "1"));
        document.put("security", List.of(Map.of("basic", List.of())));
        document.put("paths", paths);
        document.put(
                "components",
                Map.of(
                        "securitySchemes", Map.of("basic", Map.of("type", "http", "scheme", "basic")),
                        "schemas", Map.of("Problem", Problems.SCHEMA.json())));
        return document;
    }

    private static Map<String, Object> operation(Endpoint endpoint) {
        Route route = endpoint.route();
        var operation = new LinkedHashMap<String, Object>();
        operation.put("summary", route.summary());
        operation.put("operationId", idOf(route));
        operation.put("parameters", parameters(route));
        List<Parameter> members =
                route.parameters().stream().filter(each -> each.in() == In.BODY).toList();
        if (!members.isEmpty()) {
            operation.put("requestBody", Map.of("content", Map.of(JSON, Map.of("schema", bodyOf(members)))));
        }
        if (route.access() == Access.OPEN) {
            operation.put("security", List.of());
        }
        operation.put("responses", responses(endpoint));
        return operation;
    }

    /// `get-queues-messages`: what is asked for, without the names.
    private static String idOf(Route route) {
        String words = List.of(route.path().split("/")).stream()
                .filter(word -> !word.isEmpty() && !word.equals("v1"))
                .map(word -> word.startsWith("{") ? "one" : word.replace('.', '-'))
                .collect(Collectors.joining("-"));
        return route.verb().name().toLowerCase(Locale.ROOT) + "-" + words;
    }

    private static List<Object> parameters(Route route) {
        var parameters = new ArrayList<Object>();
        for (String variable : route.variables()) {
            parameters.add(
                    Map.of("name", variable, "in", "path", "required", true, "schema", Map.of("type", "string")));
        }
        for (Parameter each : route.parameters()) {
            if (each.in() == In.QUERY) {
                parameters.add(Map.of(
                        "name", each.name(),
                        "in", "query",
                        "description", each.meaning(),
                        "schema", Map.of("type", each.type())));
            }
        }
        return parameters;
    }

    private static Map<String, Object> bodyOf(List<Parameter> members) {
        var properties = new LinkedHashMap<String, Object>();
        for (Parameter each : members) {
            properties.put(each.name(), Map.of("type", each.type(), "description", each.meaning()));
        }
        return Map.of("type", "object", "properties", properties, "additionalProperties", false);
    }

    private static Map<String, Object> responses(Endpoint endpoint) {
        var responses = new LinkedHashMap<String, Object>();
        endpoint.answers().forEach((status, answer) -> {
            var described = new LinkedHashMap<String, Object>();
            described.put("description", answer.meaning());
            Schema schema = answer.schema();
            if (schema != null) {
                described.put("content", Map.of(JSON, Map.of("schema", schema.json())));
            }
            responses.put(String.valueOf(status), described);
        });
        responses.put("default", REFUSED);
        return responses;
    }
}

package io.posthorn.console.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// Which members of a thing are wanted: all, or those named in `columns=name,message_stats.publish_details.rate`.
final class Columns {
    private static final Columns ALL = new Columns(List.of());

    private final List<List<String>> paths;

    private Columns(List<List<String>> paths) {
        this.paths = paths;
    }

    static Columns of(Request request) {
        return request.query("columns").map(Columns::parse).orElse(ALL);
    }

    static Columns parse(String text) {
        var paths = new ArrayList<List<String>>();
        for (String column : text.split(",", -1)) {
            if (!column.isBlank()) {
                paths.add(path(column.trim()));
            }
        }
        return paths.isEmpty() ? ALL : new Columns(List.copyOf(paths));
    }

    static List<String> path(String dotted) {
        return List.of(dotted.split("\\.", -1));
    }

    boolean wants(String name) {
        return paths.isEmpty()
                || paths.stream().anyMatch(path -> path.getFirst().equals(name));
    }

    <T> void write(JsonGenerator json, Fields<T> fields, T thing) {
        json.writeStartObject();
        for (String name : fields.names()) {
            if (wants(name)) {
                writeMember(json, name, fields.value(name, thing), below(name));
            }
        }
        json.writeEndObject();
    }

    /// The wanted paths below a member; none when it is wanted as a whole.
    private List<List<String>> below(String name) {
        return below(paths, name);
    }

    private static List<List<String>> below(List<List<String>> paths, String name) {
        var below = new ArrayList<List<String>>();
        for (List<String> path : paths) {
            if (path.getFirst().equals(name)) {
                if (path.size() == 1) {
                    return List.of();
                }
                below.add(path.subList(1, path.size()));
            }
        }
        return below;
    }

    private static void writeMember(
            JsonGenerator json, String name, @Nullable Object value, List<List<String>> wanted) {
        if (value instanceof Fields.Missing) {
            return;
        }
        if (wanted.isEmpty()) {
            json.writeName(name);
            Json.write(json, value);
            return;
        }
        Map<String, ?> members = members(value);
        if (members.isEmpty()) {
            return;
        }
        json.writeName(name);
        json.writeStartObject();
        members.forEach((member, inner) -> {
            if (wanted.stream().anyMatch(path -> path.getFirst().equals(member))) {
                writeMember(json, member, inner, below(wanted, member));
            }
        });
        json.writeEndObject();
    }

    /// The value behind a dotted name, for sorting; [Fields.Missing] when there is none.
    static <T> @Nullable Object value(Fields<T> fields, List<String> path, T thing) {
        Object value = fields.value(path.getFirst(), thing);
        for (String step : path.subList(1, path.size())) {
            Map<String, ?> members = members(value);
            if (!members.containsKey(step)) {
                return Fields.Missing.MISSING;
            }
            value = members.get(step);
        }
        return value;
    }

    @SuppressWarnings("unchecked") // maps are written by the names of their members
    private static Map<String, ?> members(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> (Map<String, ?>) map;
            case JsonNode tree -> {
                var members = new java.util.LinkedHashMap<String, JsonNode>();
                tree.properties().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
                yield members;
            }
            case null, default -> Map.of();
        };
    }
}

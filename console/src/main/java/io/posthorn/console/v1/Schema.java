package io.posthorn.console.v1;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a JSON value looks like, in the words of JSON schema. Immutable.
record Schema(Map<String, Object> json) {
    static Schema text() {
        return new Schema(Map.of("type", "string"));
    }

    static Schema oneOf(String... words) {
        return new Schema(Map.of("type", "string", "enum", List.of(words)));
    }

    static Schema time() {
        return new Schema(Map.of("type", "string", "format", "date-time"));
    }

    static Schema integer() {
        return new Schema(Map.of("type", "integer"));
    }

    static Schema flag() {
        return new Schema(Map.of("type", "boolean"));
    }

    static Schema listOf(Schema items) {
        return new Schema(Map.of("type", "array", "items", items.json));
    }

    /// By any names.
    static Schema mapOf(Schema values) {
        return new Schema(Map.of("type", "object", "additionalProperties", values.json));
    }

    /// Without members yet; all that are added are always there.
    static Schema object() {
        return new Schema(
                Map.of("type", "object", "properties", Map.of(), "required", List.of(), "additionalProperties", false));
    }

    @SuppressWarnings("unchecked") // as object() has made it
    Schema with(String name, Schema member) {
        var properties = new LinkedHashMap<>((Map<String, Object>) json.get("properties"));
        properties.put(name, member.json);
        return replaced(Map.of("properties", properties, "required", List.copyOf(properties.keySet())));
    }

    Schema orNull() {
        var types = new ArrayList<Object>();
        types.add(json.get("type"));
        types.add("null");
        return replaced(Map.of("type", types));
    }

    Schema meaning(String description) {
        return replaced(Map.of("description", description));
    }

    private Schema replaced(Map<String, Object> changes) {
        var changed = new LinkedHashMap<>(json);
        changed.putAll(changes);
        return new Schema(changed);
    }
}

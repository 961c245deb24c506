package io.posthorn.console.v1;

import io.posthorn.console.http.Route;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A route, and what it answers with when nothing is wrong.
///
/// @param answers by status
record Endpoint(Route route, Map<Integer, Answered> answers) {
    /// @param schema null when there is no body
    record Answered(String meaning, @Nullable Schema schema) {}

    static Endpoint of(Route route) {
        return new Endpoint(route, Map.of());
    }

    Endpoint answers(int status, String meaning) {
        return with(status, new Answered(meaning, null));
    }

    Endpoint answers(int status, String meaning, Schema schema) {
        return with(status, new Answered(meaning, schema));
    }

    private Endpoint with(int status, Answered answer) {
        var more = new TreeMap<>(answers);
        more.put(status, answer);
        return new Endpoint(route, more);
    }
}

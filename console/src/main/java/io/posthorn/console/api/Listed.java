package io.posthorn.console.api;

import io.posthorn.console.http.Fields;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Small things whose members cost nothing.
final class Listed {
    private Listed() {}

    /// @param described all the members at once, by these names
    static <T> Fields<T> members(List<String> names, Function<T, Map<String, @Nullable Object>> described) {
        var fields = new Fields<T>();
        names.forEach(name -> fields.with(name, thing -> described.apply(thing).get(name)));
        return fields;
    }

    /// Things that are given by their members.
    static Fields<Map<String, @Nullable Object>> members(String... names) {
        return members(List.of(names), Function.identity());
    }
}

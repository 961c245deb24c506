package io.posthorn.console.definitions;

import io.posthorn.broker.Arguments;
import io.posthorn.console.NearestName;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One object of a file, read key by key. What nobody asked for is what the file says in vain.
final class Item {
    private final Json.Table table;
    private final Set<String> asked = new HashSet<>();

    private Item(Json.Table table) {
        this.table = table;
    }

    /// @throws Problem when it is no object
    static Item of(Json value) {
        if (value instanceof Json.Table table) {
            return new Item(table);
        }
        throw new Problem(value.place(), "has to be an object, not " + value.kind());
    }

    Place place() {
        return table.place();
    }

    /// The value; null where the file has none, or says null.
    @Nullable
    Json find(String key) {
        asked.add(key);
        var value = table.members().get(key);
        return value instanceof Json.Null ? null : value;
    }

    Json get(String key) {
        var value = find(key);
        if (value == null) {
            throw new Problem(place(), "needs \"" + key + "\"" + instead(key));
        }
        return value;
    }

    /// A value that may be null, and must be said.
    Json getOrNull(String key) {
        var value = table.members().get(key);
        return value instanceof Json.Null ? asked(key, value) : get(key);
    }

    private Json asked(String key, Json value) {
        asked.add(key);
        return value;
    }

    /// Keys that other versions write, and that say nothing to us.
    void ignore(String... keys) {
        asked.addAll(Arrays.asList(keys));
    }

    String text(String key) {
        return text(get(key));
    }

    Optional<String> maybeText(String key) {
        return Optional.ofNullable(find(key)).map(Item::text);
    }

    String name(String key) {
        String name = text(key);
        if (name.isEmpty()) {
            throw new Problem(get(key).place(), "must not be empty");
        }
        return name;
    }

    /// RabbitMQ's tools have written flags as texts too.
    Optional<Boolean> maybeFlag(String key) {
        return Optional.ofNullable(find(key)).map(Item::flag);
    }

    boolean flag(String key) {
        return flag(get(key));
    }

    /// An array of texts, or, as old versions have it, one text with commas.
    Optional<List<String>> maybeTags(String key) {
        return Optional.ofNullable(find(key)).map(Item::tags);
    }

    Optional<Item> maybeItem(String key) {
        return Optional.ofNullable(find(key)).map(Item::of);
    }

    Arguments arguments(String key) {
        var value = find(key);
        return value == null ? Arguments.NONE : ArgumentsFromJson.table(value);
    }

    /// Numbers by name. Erlang writes an empty table as an empty array.
    Map<String, Long> numbers(String key) {
        var value = find(key);
        return value == null ? Map.of() : numbers(value);
    }

    static Map<String, Long> numbers(Json value) {
        if (value instanceof Json.Array(Place _, var items) && items.isEmpty()) {
            return Map.of();
        }
        var numbers = new LinkedHashMap<String, Long>();
        of(value).table.members().forEach((name, number) -> numbers.put(name, whole(number)));
        return numbers;
    }

    /// Tells of what nobody asked for.
    ///
    /// @param unknown takes the place of each key that means nothing here
    /// @throws Problem when a key looks like one that is missing
    void finish(Consumer<Place> unknown) {
        for (var member : table.members().entrySet()) {
            if (asked.contains(member.getKey())) {
                continue;
            }
            var missing = asked.stream()
                    .filter(key -> !table.members().containsKey(key))
                    .toList();
            NearestName.of(member.getKey(), missing).ifPresent(meant -> {
                throw new Problem(member.getValue().place(), "is no key here; did you mean \"" + meant + "\"?");
            });
            unknown.accept(member.getValue().place());
        }
    }

    static long whole(Json value) {
        if (value instanceof Json.Numeric(Place _, Long number)) {
            return number;
        }
        throw new Problem(value.place(), "has to be a whole number, not " + value.kind());
    }

    static String text(Json value) {
        if (value instanceof Json.Text(Place _, String text)) {
            return text;
        }
        throw new Problem(value.place(), "has to be a text, not " + value.kind());
    }

    private static boolean flag(Json value) {
        return switch (value) {
            case Json.Flag(Place _, boolean flag) -> flag;
            case Json.Text(Place _, String text) when text.equals("true") -> true;
            case Json.Text(Place _, String text) when text.equals("false") -> false;
            case Json.Text _, Json.Table _, Json.Array _, Json.Numeric _, Json.Null _ ->
                throw new Problem(value.place(), "has to be true or false, not " + value.kind());
        };
    }

    private static List<String> tags(Json value) {
        return switch (value) {
            case Json.Text(Place _, String text) ->
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(tag -> !tag.isEmpty())
                        .toList();
            case Json.Array(Place _, var items) ->
                items.stream().map(Item::text).toList();
            case Json.Table _, Json.Numeric _, Json.Flag _, Json.Null _ ->
                throw new Problem(value.place(), "has to be an array of texts, not " + value.kind());
        };
    }

    /// A key that is there and looks like the one that is missing.
    private String instead(String key) {
        var unknown = table.members().keySet().stream()
                .filter(other -> !asked.contains(other))
                .toList();
        return NearestName.of(key, unknown)
                .map(near -> "; is \"" + near + "\" meant to be it?")
                .orElse("");
    }
}

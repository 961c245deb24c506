package io.posthorn.console.definitions;

import io.posthorn.broker.Arguments;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Arguments as JSON has them: whole numbers are longs, others doubles, as in RabbitMQ; null is a void, which clients
/// can declare, though RabbitMQ's own import refuses it.
final class ArgumentsFromJson {
    private ArgumentsFromJson() {}

    /// @throws Problem when it is no table of arguments
    static Arguments table(Json value) {
        return switch (value) {
            case Json.Table(Place _, var members) -> table(members);
            // Erlang writes an empty table as an empty array.
            case Json.Array(Place _, var items) when items.isEmpty() -> Arguments.NONE;
            case Json.Array _, Json.Text _, Json.Numeric _, Json.Flag _, Json.Null _ ->
                throw new Problem(value.place(), "has to be an object, not " + value.kind());
        };
    }

    private static Arguments table(Map<String, Json> members) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        members.forEach((name, value) -> values.put(name, value(value)));
        return values.isEmpty() ? Arguments.NONE : new Arguments(values);
    }

    private static @Nullable Object value(Json value) {
        return switch (value) {
            case Json.Table(Place _, var members) -> table(members);
            case Json.Array(Place _, var items) ->
                items.stream().map(ArgumentsFromJson::value).toList();
            case Json.Text(Place _, String text) -> text;
            case Json.Numeric(Place _, Long number) -> number;
            case Json.Numeric(Place _, Double number) -> number;
            case Json.Numeric(var place, var number) -> throw new Problem(place, "is beyond 64 bits: " + number);
            case Json.Flag(Place _, boolean flag) -> flag;
            case Json.Null _ -> null;
        };
    }
}

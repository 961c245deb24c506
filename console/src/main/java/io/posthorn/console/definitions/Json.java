package io.posthorn.console.definitions;

import java.util.List;
import java.util.Map;

/// A JSON value that knows where in its file it stands.
sealed interface Json {
    Place place();

    /// Its members in the order of the file.
    record Table(Place place, Map<String, Json> members) implements Json {}

    record Array(Place place, List<Json> items) implements Json {}

    record Text(Place place, String value) implements Json {}

    /// @param value a `Long` where one is wide enough, else a `BigInteger` or a `Double`
    record Numeric(Place place, Number value) implements Json {}

    record Flag(Place place, boolean value) implements Json {}

    record Null(Place place) implements Json {}

    /// For people: `a text`, `an object`.
    default String kind() {
        return switch (this) {
            case Table _ -> "an object";
            case Array _ -> "an array";
            case Text _ -> "a text";
            case Numeric _ -> "a number";
            case Flag _ -> "true or false";
            case Null _ -> "null";
        };
    }
}

package io.posthorn.server.cli.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A value of JSON (RFC 8259), immutable.
public sealed interface Json {
    @SuppressWarnings("ClassInitializationDeadlock") // a command has one thread that reads JSON
    Json NULL = new Null();

    record Null() implements Json {}

    record Bool(boolean value) implements Json {}

    /// @param digits as they were written, so that no precision is lost
    @SuppressWarnings("AvoidCommonTypeNames") // the word of the specification
    record Number(String digits) implements Json {
        public double doubleValue() {
            return Double.parseDouble(digits);
        }
    }

    record Text(String value) implements Json {}

    record Array(List<Json> values) implements Json {
        public Array {
            values = List.copyOf(values);
        }
    }

    /// @param members in the order in which they were written
    @SuppressWarnings("ImmutableMemberCollection") // a copy would lose the order
    record Members(Map<String, Json> members) implements Json {}

    /// @throws JsonException when it is none
    static Json parse(String text) {
        return JsonReader.read(text);
    }

    static Json of(@Nullable String text) {
        return text == null ? NULL : new Text(text);
    }

    static Json of(long number) {
        return new Number(Long.toString(number));
    }

    static Json of(boolean value) {
        return new Bool(value);
    }

    static Json array(List<Json> values) {
        return new Array(values);
    }

    static Json texts(List<String> values) {
        return new Array(values.stream().<Json>map(Text::new).toList());
    }

    /// An object to which members are added one by one.
    static Builder object() {
        return new Builder();
    }

    /// The member of an object; null when there is none, or this is no object.
    default Json get(String name) {
        return this instanceof Members object ? object.members.getOrDefault(name, NULL) : NULL;
    }

    default boolean has(String name) {
        return this instanceof Members object && object.members.containsKey(name);
    }

    /// The elements of an array; none, when it is no array.
    default List<Json> elements() {
        return this instanceof Array array ? array.values : List.of();
    }

    /// The members of an object; none, when it is no object.
    default Map<String, Json> fields() {
        return this instanceof Members object ? object.members : Map.of();
    }

    /// What a person reads: a text without quotes, nothing for null, JSON for what has parts.
    default String shown() {
        return switch (this) {
            case Null _ -> "";
            case Text text -> text.value;
            case Bool bool -> Boolean.toString(bool.value);
            case Number number -> number.digits;
            case Array _, Members _ -> write();
        };
    }

    default String text(String name) {
        return get(name).shown();
    }

    default Optional<String> optionalText(String name) {
        return get(name) instanceof Text text ? Optional.of(text.value) : Optional.empty();
    }

    default boolean isTrue(String name) {
        return get(name) instanceof Bool bool && bool.value;
    }

    /// A whole number, 0 when there is none.
    default long number(String name) {
        return optionalNumber(name).orElse(0);
    }

    default OptionalLong optionalNumber(String name) {
        return get(name) instanceof Number number ? OptionalLong.of((long) number.doubleValue()) : OptionalLong.empty();
    }

    /// On one line, without spaces.
    default String write() {
        return JsonWriter.compact(this);
    }

    /// For people: an element or member a line.
    default String writeIndented() {
        return JsonWriter.indented(this);
    }

    /// Not thread-safe.
    final class Builder {
        private final Map<String, Json> members = new LinkedHashMap<>();

        public Builder with(String name, Json value) {
            members.put(name, value);
            return this;
        }

        public Builder with(String name, @Nullable String value) {
            return with(name, of(value));
        }

        public Builder with(String name, long value) {
            return with(name, of(value));
        }

        public Builder with(String name, boolean value) {
            return with(name, of(value));
        }

        public Json build() {
            return new Members(members);
        }
    }
}

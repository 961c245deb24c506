package io.posthorn.server.rabbitmqctl;

import io.posthorn.server.cli.api.Json;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// One value in a list, as text and as JSON: RabbitMQ's command line prints Erlang's terms.
sealed interface Cell {
    Cell NOTHING = new Plain(Json.of(""));

    String text();

    Json json();

    /// A text, a number, a truth value.
    record Plain(Json value) implements Cell {
        @Override
        public String text() {
            return value.shown();
        }

        @Override
        public Json json() {
            return value;
        }
    }

    /// Words: `[administrator, monitoring]`.
    record Words(List<String> words) implements Cell {
        @Override
        public String text() {
            return "[" + String.join(", ", words) + "]";
        }

        @Override
        public Json json() {
            return Json.texts(words);
        }
    }

    /// An AMQP table: `[{"x-max-length",10}]`, and in JSON with each value's type.
    record Table(Map<String, Json> members) implements Cell {
        @Override
        public String text() {
            return term(new Json.Members(members));
        }

        @Override
        public Json json() {
            return Json.array(members.entrySet().stream()
                    .map(member -> Json.array(List.of(
                            Json.of(member.getKey()), Json.of(type(member.getValue())), typed(member.getValue()))))
                    .toList());
        }

        private static String type(Json value) {
            return switch (value) {
                case Json.Text _ -> "longstr";
                case Json.Bool _ -> "bool";
                case Json.Null _ -> "void";
                case Json.Array _ -> "array";
                case Json.Members _ -> "table";
                case Json.Number number ->
                    number.digits().chars().allMatch(c -> c == '-' || Character.isDigit(c))
                            ? Math.abs(number.doubleValue()) < 1L << 31 ? "signedint" : "long"
                            : "double";
            };
        }

        private static Json typed(Json value) {
            return switch (value) {
                case Json.Members table -> new Table(table.members()).json();
                case Json.Array array ->
                    Json.array(array.values().stream()
                            .map(element -> Json.array(List.of(Json.of(type(element)), typed(element))))
                            .toList());
                case Json.Null _, Json.Text _, Json.Bool _, Json.Number _ -> value;
            };
        }

        // An empty text is an empty list in Erlang, and so is an empty table.
        private static String term(Json value) {
            return switch (value) {
                case Json.Null _ -> "undefined";
                case Json.Text text -> text.value().isEmpty() ? "[]" : quoted(text.value());
                case Json.Bool bool -> Boolean.toString(bool.value());
                case Json.Number number -> number.digits();
                case Json.Array array ->
                    array.values().stream().map(Table::term).collect(Collectors.joining(",", "[", "]"));
                case Json.Members table ->
                    table.members().entrySet().stream()
                            .map(member -> "{" + quoted(member.getKey()) + "," + term(member.getValue()) + "}")
                            .collect(Collectors.joining(",", "[", "]"));
            };
        }

        private static String quoted(String text) {
            return "\""
                    + text.replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("\n", "\\n")
                            .replace("\t", "\\t") + "\"";
        }
    }

    static Cell of(String text) {
        return new Plain(Json.of(text));
    }

    static Cell of(long number) {
        return new Plain(Json.of(number));
    }

    static Cell of(boolean value) {
        return new Plain(Json.of(value));
    }

    /// What has parts is shown as it is in the API.
    static Cell of(Json value) {
        return switch (value) {
            case Json.Null _ -> NOTHING;
            case Json.Members table -> new Table(table.members());
            case Json.Array array when array.values().isEmpty() -> new Table(Map.of());
            case Json.Array array ->
                new Words(array.values().stream().map(Json::shown).toList());
            case Json.Text _, Json.Bool _, Json.Number _ -> new Plain(value);
        };
    }
}

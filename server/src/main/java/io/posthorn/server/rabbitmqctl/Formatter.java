package io.posthorn.server.rabbitmqctl;

import io.posthorn.server.cli.api.Json;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/// How lists are printed.
enum Formatter {
    /// Tabs between.
    TABLE {
        @Override
        void print(List<String> columns, List<List<Cell>> rows, boolean headers, PrintStream out) {
            if (headers && !rows.isEmpty()) {
                out.println(String.join("\t", columns));
            }
            rows.forEach(row -> out.println(row.stream().map(Cell::text).collect(Collectors.joining("\t"))));
        }
    },
    JSON {
        @Override
        void print(List<String> columns, List<List<Cell>> rows, boolean headers, PrintStream out) {
            out.println("[");
            for (int i = 0; i < rows.size(); i++) {
                Json.Builder object = Json.object();
                for (int column = 0; column < columns.size(); column++) {
                    object.with(columns.get(column), rows.get(i).get(column).json());
                }
                out.println((i == 0 ? "" : ",") + object.build().write());
            }
            out.println("]");
        }
    },
    CSV {
        @Override
        void print(List<String> columns, List<List<Cell>> rows, boolean headers, PrintStream out) {
            if (headers && !rows.isEmpty()) {
                out.println(columns.stream().map(Formatter::quoted).collect(Collectors.joining(",")));
            }
            rows.forEach(row ->
                    out.println(row.stream().map(cell -> quoted(cell.text())).collect(Collectors.joining(","))));
        }
    };

    abstract void print(List<String> columns, List<List<Cell>> rows, boolean headers, PrintStream out);

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\"\"") + "\"";
    }

    static Formatter of(CtlArguments given) {
        String name = given.value("--formatter").orElse("table");
        return switch (name) {
            case "table", "pretty_table" -> TABLE;
            case "json" -> JSON;
            case "csv" -> CSV;
            default ->
                throw CtlFailure.misused(
                        CtlFailure.USAGE,
                        "The formatter '%s' is not available: table, json and csv are.".formatted(name));
        };
    }
}

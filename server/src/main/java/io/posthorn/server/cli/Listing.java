package io.posthorn.server.cli;

import io.posthorn.server.cli.api.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What a command lists: for people a table, for programs an array of objects, each with the same members.
final class Listing {
    private final List<Column> columns = new ArrayList<>();

    /// @param title for people
    /// @param key for programs
    private record Column(String title, String key, Function<Json, Json> value) {}

    /// A member of each row, as it is.
    Listing column(String title, String key) {
        return column(title, key, row -> row.get(key));
    }

    Listing column(String title, String key, Function<Json, Json> value) {
        columns.add(new Column(title, key, value));
        return this;
    }

    void print(List<Json> rows, Format format, PrintStream out) {
        switch (format) {
            case JSON ->
                out.println(Json.array(rows.stream().map(this::object).toList()).writeIndented());
            case TABLE -> table(rows).forEach(out::println);
        }
    }

    private Json object(Json row) {
        Json.Builder object = Json.object();
        columns.forEach(column -> object.with(column.key(), column.value().apply(row)));
        return object.build();
    }

    List<String> table(List<Json> rows) {
        int[] widths =
                columns.stream().mapToInt(column -> column.title().length()).toArray();
        boolean[] numbers = new boolean[widths.length];
        var cells = new ArrayList<String[]>();
        for (Json row : rows) {
            String[] line = new String[widths.length];
            for (int i = 0; i < line.length; i++) {
                Json value = columns.get(i).value().apply(row);
                numbers[i] |= value instanceof Json.Number;
                line[i] = Shown.text(shown(value));
                widths[i] = Math.max(widths[i], line[i].length());
            }
            cells.add(line);
        }
        var lines = new ArrayList<String>();
        lines.add(line(columns.stream().map(Column::title).toArray(String[]::new), widths, numbers));
        cells.forEach(cell -> lines.add(line(cell, widths, numbers)));
        return lines;
    }

    // A list of words reads better without the signs of JSON.
    static String shown(Json value) {
        return value.elements().isEmpty() || !(value.elements().getFirst() instanceof Json.Text)
                ? value.equals(Json.array(List.of())) ? "" : value.shown()
                : value.elements().stream().map(Json::shown).collect(Collectors.joining(", "));
    }

    /// A name, and what is said of it.
    static String row(String name, String said) {
        return "  " + name + " ".repeat(Math.max(2, 22 - name.length())) + said;
    }

    private static String line(String[] cells, int[] widths, boolean[] numbers) {
        var line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            int blanks = widths[i] - cells[i].length();
            line.append(i == 0 ? "" : "  ");
            line.repeat(' ', numbers[i] ? blanks : 0).append(cells[i]).repeat(' ', numbers[i] ? 0 : blanks);
        }
        return line.toString().stripTrailing();
    }
}

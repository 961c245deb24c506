package io.posthorn.verification.conformance.differential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A file of scripts about one feature.
record Scripts(Path file, String preface, List<Script> scripts) {
    static final Path DIRECTORY = Path.of("src/test/resources/differential");

    static List<Scripts> all() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            List<Scripts> all = new ArrayList<>();
            for (Path file : files.filter(file -> file.toString().endsWith(".amqp"))
                    .sorted()
                    .toList()) {
                all.add(read(file));
            }
            return all;
        }
    }

    private static Scripts read(Path file) throws IOException {
        StringBuilder preface = new StringBuilder();
        List<Script> scripts = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(Script.TITLE)) {
                scripts.add(new Script(line.substring(Script.TITLE.length()), new ArrayList<>()));
            } else if (scripts.isEmpty()) {
                preface.append(line).append('\n');
            } else {
                scripts.getLast().lines().add(line);
            }
        }
        scripts.forEach(Scripts::withoutLastEmptyLines);
        return new Scripts(file, preface.toString(), scripts);
    }

    private static void withoutLastEmptyLines(Script script) {
        while (!script.lines().isEmpty() && script.lines().getLast().isBlank()) {
            script.lines().removeLast();
        }
    }

    /// `dead-letter` of `dead-letter.amqp`.
    String feature() {
        return file.getFileName().toString().replace(".amqp", "");
    }

    void write(List<Script> answered) throws IOException {
        String text = answered.stream().map(Script::text).collect(Collectors.joining("\n"));
        Files.writeString(file, preface + text);
    }
}

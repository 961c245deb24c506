package io.posthorn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the tutorials show is what the build runs: each piece of Java in them stands in an example or its test, but
/// for how it is indented. A line with an ellipsis stands for whatever is between two pieces.
class TutorialsTest {
    private static final Path TUTORIALS = Path.of("../docs/tutorials");
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern ELLIPSIS = Pattern.compile("(?m)^\\s*…$");

    @Test
    void everyPieceOfCodeStandsInAnExample() throws IOException {
        String examples = text(Path.of("src"), ".java");
        var pieces = BLOCK.matcher(text(TUTORIALS, ".md"))
                .results()
                .flatMap(block -> ELLIPSIS.splitAsStream(block.group(1)))
                .map(TutorialsTest::onOneLine)
                .filter(piece -> !piece.isEmpty())
                .toList();

        assertThat(pieces)
                .hasSizeGreaterThan(15)
                .allSatisfy(piece -> assertThat(onOneLine(examples)).contains(piece));
    }

    private static String onOneLine(String code) {
        return code.strip().replaceAll("\\s+", " ");
    }

    private static String text(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .map(TutorialsTest::read)
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

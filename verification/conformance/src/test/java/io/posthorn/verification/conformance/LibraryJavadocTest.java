package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever of the library an application can call says what it is, and what it says is well formed. A parameter or a
/// result whose name says everything need not be named once more.
class LibraryJavadocTest {
    @TempDir
    Path directory;

    @Test
    void everyPublicThingSaysWhatItIs() throws IOException {
        var command = new ArrayList<>(List.of("-proc:none", "-implicit:none", "-Xmaxwarns", "100000"));
        command.addAll(List.of("-d", directory.toString(), "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("-Xdoclint:all/protected", "-Xdoclint/package:-io.posthorn.events.runtime"));
        command.addAll(sources("../../client"));
        var said = new StringWriter();
        var out = new PrintWriter(said);
        ToolProvider.findFirst("javac").orElseThrow().run(out, out, command.toArray(String[]::new));

        assertThat(said.toString().lines().filter(line -> line.contains("warning:") || line.contains("error:")))
                .filteredOn(line -> !line.contains("no @param") && !line.contains("no @return"))
                .isEmpty();
    }

    @Test
    void itsPagesAreMadeWithoutAWarning() throws IOException {
        var command = new ArrayList<>(List.of("-quiet", "-Xdoclint:all,-missing", "-d", directory.toString()));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(sources("../../client/events"));
        var said = new StringWriter();
        var out = new PrintWriter(said);
        int status = ToolProvider.findFirst("javadoc").orElseThrow().run(out, out, command.toArray(String[]::new));

        assertThat(said.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(directory.resolve("index.html")).exists();
    }

    private static List<String> sources(String below) throws IOException {
        try (Stream<Path> all = Files.walk(Path.of(below))) {
            return all.map(Path::toString)
                    .filter(name -> name.contains("/src/main/java/") && name.endsWith(".java"))
                    .filter(name -> !name.endsWith("module-info.java"))
                    .toList();
        }
    }
}

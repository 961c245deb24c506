package io.posthorn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.Posthorn;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A program with a `module-info` of its own needs the module of the interface to be compiled, with the annotations
/// that say what may be null, and finds the rest, brokers and codecs, wherever it is.
@Timeout(120)
class ModularProgramTest {
    private static final String MODULE = """
            module shop {
                requires io.posthorn.events;

                opens shop; // to the codec of its events
            }
            """;

    private static final String PROGRAM = """
            package shop;

            import io.posthorn.events.Posthorn;
            import java.util.concurrent.CountDownLatch;

            class Shop {
                record OrderPlaced(long id, String article) {}

                static void main() throws Exception {
                    var shipped = new CountDownLatch(1);
                    try (var posthorn = Posthorn.open("mem:")) {
                        posthorn.bus().subscribe(OrderPlaced.class, (order, context) -> {
                            System.out.println("ships " + order.article());
                            shipped.countDown();
                        });
                        posthorn.bus().publish(new OrderPlaced(42, "tea"));
                        shipped.await();
                    }
                    System.out.println(Posthorn.class.getModule());
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void aProgramThatIsAModuleNeedsTheInterfaceOnly() throws Exception {
        Path sources = Files.createDirectories(directory.resolve("src/shop"));
        Path classes = directory.resolve("classes");
        Files.writeString(sources.resolve("Shop.java"), PROGRAM);
        Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
        String library = placeOf(Posthorn.class);

        int compiled = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-Xlint:all",
                        "-Werror",
                        "--module-path",
                        library + File.pathSeparator + placeOf(NullMarked.class),
                        "-d",
                        classes.toString(),
                        sources.resolve("Shop.java").toString(),
                        sources.resolveSibling("module-info.java").toString());
        assertThat(compiled).isZero();
        assertThat(run(library + File.pathSeparator + classes, withoutLibrary(library)))
                .contains("ships tea", "module io.posthorn.events");
    }

    private static String placeOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    private static String withoutLibrary(String library) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.equals(library))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private List<String> run(String modulePath, String classPath) throws Exception {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "--module-path", modulePath, "--class-path", classPath));
        command.addAll(List.of("--module", "shop/shop.Shop"));
        Path said = directory.resolve("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            int status = process.waitFor();
            assertThat(status).as(Files.readString(said)).isZero();
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(said, StandardCharsets.UTF_8);
    }
}

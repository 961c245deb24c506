package io.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassUpgradeTest {
    @TempDir
    private Path directory;

    @Test
    void allClassesOfALibraryGetTheNewFormAndTheVerifierTakesThem() throws Exception {
        Path jar = directory.resolve("picocli.jar");
        Files.copy(Path.of(URI.create(location(CommandLine.class).toString())), jar);
        List<String> names = classes(jar);

        ClassUpgrade.upgrade(jar);

        assertThat(classes(jar)).isEqualTo(names).hasSizeGreaterThan(100);
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            for (String name : names) {
                // Initialising a class verifies all of it.
                Class<?> loaded = Class.forName(name, true, loader);
                assertThat(loaded.getClassLoader()).isSameAs(loader);
                assertThat(version(loaded)).as(name).isEqualTo(ClassFile.JAVA_8_VERSION);
            }
        }
    }

    @Test
    void newerClassesStayAsTheyAre() throws IOException {
        Path jar = directory.resolve("newer.jar");
        Files.copy(
                Path.of(URI.create(
                        location(org.jspecify.annotations.Nullable.class).toString())),
                jar);
        byte[] before = bytes(jar, "org/jspecify/annotations/Nullable.class");

        ClassUpgrade.upgrade(jar);

        assertThat(bytes(jar, "org/jspecify/annotations/Nullable.class")).isEqualTo(before);
    }

    private static URL location(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static List<String> classes(Path jar) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("picocli/") && name.endsWith(".class"))
                    .filter(name -> !name.contains("groovy"))
                    .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
                    .toList();
        }
    }

    private static byte[] bytes(Path jar, String name) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            return zip.getInputStream(zip.getEntry(name)).readAllBytes();
        }
    }

    private static int version(Class<?> type) throws IOException {
        try (var bytes = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return ClassFile.of().parse(bytes.readAllBytes()).majorVersion();
        }
    }
}

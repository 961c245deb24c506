package io.posthorn.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.log.LogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void aNewDirectoryIsPrivateToItsOwner() throws IOException {
        Path path = temporary.resolve("a/b/data");
        try (var _ = DataDirectory.open(path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aDirectoryThatOthersCanReadIsRefused() throws IOException {
        Path path = temporary.resolve("open");
        Files.createDirectory(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(() -> DataDirectory.open(path))
                .isInstanceOf(LogException.Unusable.class)
                .hasMessageContaining("chmod 700");
    }

    @Test
    void aSecondOwnerIsRefusedAndToldOfTheFirst() {
        Path path = temporary.resolve("data");
        try (var _ = DataDirectory.open(path)) {
            assertThatThrownBy(() -> DataDirectory.open(path))
                    .isInstanceOf(LogException.Unusable.class)
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid());
        }
        DataDirectory.open(path).close();
    }

    @Test
    void aSecondProcessIsRefusedAndToldOfTheFirst() throws IOException, InterruptedException {
        Path path = temporary.resolve("data");
        try (var _ = DataDirectory.open(path)) {
            String said = openInAnotherProcess(path);
            assertThat(said)
                    .contains("in use by process " + ProcessHandle.current().pid());
        }
        assertThat(openInAnotherProcess(path)).contains("opened");
    }

    private static String openInAnotherProcess(Path path) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opener.class.getName(),
                        path.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return said;
    }

    /// Opens a data directory, in a process of its own.
    static final class Opener {
        private Opener() {}

        public static void main(String[] arguments) {
            try (var _ = DataDirectory.open(Path.of(arguments[0]))) {
                System.out.println("opened");
            } catch (LogException refused) {
                System.out.println(refused.getMessage());
            }
        }
    }

    @Test
    void aNewerFormatIsRefusedClearly() throws IOException {
        Path path = temporary.resolve("data");
        DataDirectory.open(path).close();
        Files.writeString(path.resolve("format"), "posthorn data, format 7\n");
        assertThatThrownBy(() -> DataDirectory.open(path))
                .isInstanceOf(LogException.Unusable.class)
                .hasMessageContaining("format 7")
                .hasMessageContaining("newer");
    }

    @Test
    void aDirectoryOfSomebodyElseIsNotTouched() throws IOException {
        Path path = temporary.resolve("home");
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(path.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> DataDirectory.open(path))
                .isInstanceOf(LogException.Unusable.class)
                .hasMessageContaining("not a data directory");
        assertThat(Files.exists(path.resolve("format"))).isFalse();
    }
}

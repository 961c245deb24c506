package io.posthorn.verification.conformance.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A power cut that lost nothing would prove nothing.
class LoopFileSystemTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void aCutKeepsWhatWasSyncedAndLosesWhatWasNot() throws Exception {
        assumeLoopFileSystems();
        try (LoopFileSystem fileSystem = LoopFileSystem.create(directory, 64 << 20)) {
            Path synced = write(fileSystem.root().resolve("synced"), true);
            Path unsynced = write(fileSystem.root().resolve("unsynced"), false);
            fileSystem.cut();
            fileSystem.remount();

            assertThat(synced).hasContent("written");
            assertThat(unsynced)
                    .satisfiesAnyOf(
                            file -> assertThat(file).doesNotExist(),
                            file -> assertThat(file).isEmptyFile());
        }
    }

    private static Path write(Path file, boolean sync) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("written".getBytes(UTF_8)));
            if (sync) {
                channel.force(true);
            }
        }
        return file;
    }

    static void assumeLoopFileSystems() {
        Optional<String> obstacle = LoopFileSystem.obstacle();
        obstacle.ifPresent(reason -> System.err.println("SKIPPED, no power is cut: " + reason));
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    }
}

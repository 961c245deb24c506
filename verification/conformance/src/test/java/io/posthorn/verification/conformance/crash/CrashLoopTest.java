package io.posthorn.verification.conformance.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.posthorn.verification.conformance.BrokerUnderTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What was confirmed survives, on the real server and the real disk. The long run is [CrashLoop#main].
class CrashLoopTest {
    @BeforeEach
    void onlyOurOwnServerIsKilled() {
        assumeTrue(BrokerUnderTest.isPosthorn());
    }

    private static final int CYCLES = Integer.getInteger("crash.cycles", 3);

    @Test
    void whatWasConfirmedSurvivesKills() throws Exception {
        List<String> verdict = CrashLoop.withKills(directory(), System.nanoTime(), CYCLES);

        assertThat(verdict.getFirst()).startsWith(CYCLES + " crashes").endsWith(" 0 violations");
        System.out.println(verdict.getFirst());
    }

    @Test
    void whatWasConfirmedSurvivesPowerCuts() throws Exception {
        LoopFileSystemTest.assumeLoopFileSystems();
        List<String> verdict = CrashLoop.withPowercuts(directory(), System.nanoTime(), CYCLES);

        assertThat(verdict.getFirst()).startsWith(CYCLES + " crashes").endsWith(" 0 violations");
        System.out.println(verdict.getFirst());
    }

    /// Kept when the test fails, so that the history can be read.
    private static Path directory() throws Exception {
        return Files.createTempDirectory(Path.of("target"), "crash");
    }
}

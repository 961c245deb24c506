package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import io.posthorn.log.JournalFuzz;
import io.posthorn.protocol.amqp.wire.FrameFuzzer;
import io.posthorn.protocol.amqp.wire.MethodFuzzer;
import io.posthorn.protocol.amqp.wire.PropertiesFuzzer;
import io.posthorn.protocol.amqp.wire.TableFuzzer;
import io.posthorn.protocol.kafka.RequestFuzzer;
import io.posthorn.protocol.kafka.produce.BatchFuzzer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Gives the decoders, and the recovery of a journal, what nobody would write by hand. `fuzz.seconds` says how
/// long each is tried; what was found interesting is kept in `target/fuzz` and built upon by the next run.
@Execution(ExecutionMode.CONCURRENT)
class FuzzTest {
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 3);

    /// A build tries the same inputs as the one before, as far as its speed allows; 0 is another seed each time.
    private static final long SEED = Long.getLong("fuzz.seed", 1);

    @ParameterizedTest
    @ValueSource(
            classes = {
                BatchFuzzer.class,
                FrameFuzzer.class,
                HttpFuzzer.class,
                MethodFuzzer.class,
                PropertiesFuzzer.class,
                RequestFuzzer.class,
                TableFuzzer.class,
                JournalFuzz.class
            })
    void nothingBreaksIt(Class<?> target) throws Exception {
        Path directory = Path.of("target", "fuzz").toAbsolutePath();
        Path corpus = Files.createDirectories(directory.resolve(target.getSimpleName()));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                System.getProperty("java.class.path"),
                Jazzer.class.getName(),
                "--target_class=" + target.getName(),
                "--instrumentation_includes=io.posthorn.**",
                "--custom_hook_includes=io.posthorn.**",
                "-rss_limit_mb=2048",
                "-seed=" + SEED,
                "-max_total_time=" + SECONDS,
                corpus.toString());
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        try (ChildProcess jazzer = ChildProcess.start("jazzer " + target.getSimpleName(), builder)) {
            List<String> output = jazzer.awaitSuccess(Duration.ofSeconds(SECONDS + 120L));

            assertThat(output).anyMatch(line -> line.matches("Done [1-9][0-9]* runs.*"));
        }
    }
}

package io.posthorn.protocol.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.config.KeptGroupConfigs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GroupCoordinationTest {
    /// Kafka's metrics want a hook for the end of the process when their class is loaded, and get none once it ends.
    @Test
    void aStopDoesNotWaitForACoordinatorThatCouldNotBeOpened() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpenedAtTheEnd.class.getName())
                .redirectErrorStream(true)
                .start();
        try (var output = process.getInputStream()) {
            assertThat(process.waitFor(Duration.ofMinutes(1))).isTrue();
            assertThat(new String(output.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("closed")
                    .doesNotContain("Exception in thread");
        } finally {
            process.destroyForcibly();
        }
    }

    /// A process whose first group is asked for while it ends.
    static final class OpenedAtTheEnd {
        private OpenedAtTheEnd() {}

        public static void main(String[] arguments) {
            var world = new KafkaWorld();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                var settings = KafkaSettings.DEFAULTS;
                var configs = GroupConfigs.of(new KeptGroupConfigs(world.broker(), settings), settings);
                var groups = new GroupCoordination(world.broker(), new Cluster("an id"), settings, configs);
                var _ = groups.coordinator();
                groups.close();
                System.out.println("closed");
            }));
            System.exit(0);
        }
    }
}

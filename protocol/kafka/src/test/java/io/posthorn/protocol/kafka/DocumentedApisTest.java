package io.posthorn.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/// The page about Kafka says exactly what is served.
class DocumentedApisTest {
    @Test
    void everyApiThatIsServedIsDocumentedWithItsVersions() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("..", "..", "docs", "protocols", "kafka.md")).stream()
                .filter(line -> line.matches("\\| [0-9]+ .*"))
                .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 1) + 1) + 1))
                .toList();

        try (var world = new KafkaWorld()) {
            List<String> served = world.protocol().service().join().apis().served().stream()
                    .sorted()
                    .map(DocumentedApisTest::row)
                    .toList();

            assertThat(documented).containsExactlyElementsOf(served);
        }
    }

    private static String row(ApiKeys api) {
        short oldest = api.oldestVersion();
        short latest = api.latestVersion(false);
        return "| %d %s | %s |".formatted(api.id, api.name, oldest == latest ? latest : oldest + "-" + latest);
    }
}

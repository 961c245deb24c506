package io.posthorn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.Posthorn;
import io.posthorn.testkit.Addresses;
import io.posthorn.testkit.PosthornTest;
import io.posthorn.testkit.Setup;
import io.posthorn.testkit.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Both ends of the pipeline: a file in a directory, and a client of Kafka.
class LogPipelineTest {
    @Test
    @Timeout(60)
    @PosthornTest(time = Setup.Time.VIRTUAL)
    void kafkasClientReadsTheErrorsOfAFile(
            TestBroker broker, Posthorn posthorn, Addresses addresses, @TempDir Path directory) throws Exception {
        LogPipeline.start(posthorn, directory);
        Files.writeString(directory.resolve("a.log"), "shop info opened\nshop error no tea left\ntill error no ink\n");
        broker.advance(Duration.ofSeconds(5));

        assertThat(LogPipeline.readByKafka(addresses.kafka(), 2))
                .containsExactly(
                        "{\"service\":\"shop\",\"level\":\"error\",\"text\":\"no tea left\"}",
                        "{\"service\":\"till\",\"level\":\"error\",\"text\":\"no ink\"}");
    }
}

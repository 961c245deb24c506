package io.posthorn.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of a connection whose request ends with an `Error`, and of the others.
class FailingHandlersTest {
    private static final short VERSION = 4;

    private Error failure = new StackOverflowError();
    private final KafkaWorld world = new KafkaWorld(new FailingLoggers());

    /// What the process cannot tell: its levels of logging.
    private final class FailingLoggers implements Loggers {
        @Override
        public Map<String, String> levels() {
            throw failure;
        }

        @Override
        public Map<String, String> chosen() {
            return Map.of();
        }

        @Override
        public void choose(String logger, @Nullable String level) {}
    }

    /// Of which nothing can be told, not even in the log.
    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("no heap for a message");
        }

        @Override
        public String toString() {
            throw new OutOfMemoryError("no heap for a name");
        }
    }

    @BeforeEach
    void load() {
        world.protocol().service().join();
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void anErrorIsAnsweredAndTheConnectionGoesOn() throws IOException {
        try (var client = world.connect()) {
            for (int i = 0; i < 10; i++) {
                var answer = client.ask(levels(), DescribeConfigsResponse.class);
                assertThat(answer.data().results())
                        .extracting(result -> Errors.forCode(result.errorCode()))
                        .containsExactly(Errors.UNKNOWN_SERVER_ERROR);
            }
            assertLives(client);
        }
    }

    @Test
    void anErrorThatCannotBeAnsweredEndsItsConnectionAndNoOther() throws IOException {
        failure = new Unspeakable();
        try (var other = world.connect()) {
            assertLives(other);
            for (int i = 0; i < 10; i++) {
                try (var client = world.connect()) {
                    client.send(levels());
                    assertThat(client.isClosedByPeer()).isTrue();
                }
            }
            assertLives(other);
        }
    }

    private static void assertLives(RawKafka client) throws IOException {
        var versions = new ApiVersionsRequest.Builder().build(VERSION);
        assertThat(client.ask(versions, ApiVersionsResponse.class).data().errorCode())
                .isZero();
    }

    private static DescribeConfigsRequest levels() {
        var resource = new DescribeConfigsResource()
                .setResourceType(ConfigResource.Type.BROKER_LOGGER.id())
                .setResourceName("1")
                .setConfigurationKeys(null);
        return new DescribeConfigsRequest.Builder(new DescribeConfigsRequestData().setResources(List.of(resource)))
                .build(VERSION);
    }
}

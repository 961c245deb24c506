package io.posthorn.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaConnectionTest {
    private final KafkaWorld world = new KafkaWorld();

    @BeforeAll
    void load() {
        world.protocol().service().join();
    }

    @AfterAll
    void close() {
        world.close();
    }

    private static ApiVersionsRequest versions(int version) {
        return new ApiVersionsRequest.Builder().build((short) version);
    }

    @Test
    void whatIsServedIsSaidInEveryVersion() throws IOException {
        try (var client = world.connect()) {
            for (short version : ApiKeys.API_VERSIONS.allVersions()) {
                var answer = client.ask(versions(version), ApiVersionsResponse.class);

                assertThat(answer.data().errorCode()).isZero();
                assertThat(answer.data().apiKeys()).isNotEmpty();
            }
        }
    }

    @Test
    void aVersionStillToComeIsAnsweredWithThoseThatThereAre() throws IOException {
        try (var client = world.connect()) {
            client.send(ApiKeys.API_VERSIONS.id, 99, new byte[] {0, 1, 2, 3});

            var frame = client.frame();
            assertThat(frame.getInt()).isZero();
            assertThat(frame.getShort()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(frame.getInt()).isEqualTo(1);
            assertThat(frame.getShort()).isEqualTo(ApiKeys.API_VERSIONS.id);
            assertThat(client.ask(versions(4), ApiVersionsResponse.class).data().errorCode())
                    .isZero();
        }
    }

    @Test
    void whatIsNotServedClosesTheConnection() throws IOException {
        for (int api : new int[] {-1, 4, 5, 6, 7, 52, 999, Short.MAX_VALUE}) {
            try (var client = world.connect()) {
                client.send(api, 0, new byte[100]);

                assertThat(client.isClosedByPeer()).as("api " + api).isTrue();
            }
        }
    }
}

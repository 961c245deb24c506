package io.posthorn.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.CreateAclsRequest;
import org.apache.kafka.common.requests.CreateAclsResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.resource.PatternType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What is no request ends its own connection, and disturbs nobody else's.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private final KafkaWorld world = new KafkaWorld();
    private List<RawKafka> others = new ArrayList<>();

    @BeforeAll
    void load() {
        world.protocol().service().join();
    }

    @BeforeEach
    void connectOthers() throws IOException {
        others = List.of(world.connect(), world.connect());
        for (RawKafka other : others) {
            other.ask(metadata());
        }
    }

    @AfterEach
    void theOthersAreServed() throws IOException {
        for (RawKafka other : others) {
            assertThat(other.ask(metadata())).isNotNull();
            other.close();
        }
    }

    @AfterAll
    void close() {
        world.close();
    }

    private static MetadataRequest metadata() {
        return new MetadataRequest(new MetadataRequestData().setTopics(List.of()), (short) 9);
    }

    private RawKafka guest() throws IOException {
        RawKafka client = world.connect();
        client.ask(metadata());
        return client;
    }

    private void closes(byte[] bytes) throws IOException {
        try (var stranger = world.connect();
                var guest = guest()) {
            stranger.sendBytes(bytes);
            guest.sendBytes(bytes);

            assertThat(stranger.isClosedByPeer()).isTrue();
            assertThat(guest.isClosedByPeer()).isTrue();
        }
    }

    private static byte[] lengthOf(int length) {
        return ByteBuffer.allocate(4).putInt(length).array();
    }

    @Test
    void aLengthThatCannotBeClosesTheConnection() throws IOException {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 100 * 1024 * 1024 + 1}) {
            closes(lengthOf(length));
        }
    }

    @Test
    void aRequestWithoutAHeaderClosesTheConnection() throws IOException {
        for (int length : new int[] {0, 1, 3, 7}) {
            closes(ByteBuffer.allocate(4 + length).putInt(length).array());
        }
    }

    @Test
    void anotherProtocolClosesTheConnection() throws IOException {
        closes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        closes("AMQP\0\0\t\1".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    @Test
    void noiseClosesTheConnection() throws IOException {
        var random = new SplittableRandom(42);
        for (int i = 0; i < 50; i++) {
            byte[] noise = new byte[random.nextInt(1, 300)];
            random.nextBytes(noise);
            noise[0] |= (byte) 0x80; // a length that cannot be, so that nobody waits for more
            closes(ByteBuffer.allocate(4 + noise.length).put(noise).array());
        }
    }

    @Test
    void aBodyThatEndsTooEarlyClosesTheConnection() throws IOException {
        for (ApiKeys api : world.protocol().service().join().apis().served()) {
            if (api != ApiKeys.API_VERSIONS) {
                try (var client = guest()) {
                    // Whatever it is, it does not end within a length of five that has no bytes behind it.
                    client.sendFlexible(api, api.latestVersion(false), new byte[] {5});

                    assertThat(client.isClosedByPeer()).as(api.name).isTrue();
                }
            }
        }
    }

    @Test
    void anArrayThatCannotBeThatLongTakesNoMemory() throws IOException {
        int parts = 50_000_000;
        try (var client = guest()) {
            var topics = ByteBuffer.allocate(64);
            topics.put((byte) 0).putInt(parts);
            client.send(ApiKeys.METADATA.id, 4, topics.array());

            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void moreAndSmallerPartsThanAnybodyNeedsAreNotRead() throws IOException {
        int parts = 3_000_000;
        try (var client = guest()) {
            // Topics with empty names: two bytes each become an object of fifty.
            var topics = ByteBuffer.allocate(4 + 2 * parts + 1).putInt(parts);
            client.send(ApiKeys.METADATA.id, 4, topics.array());

            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void whatIsAnnouncedAndNotSentTakesNoMemory() {
        var frames = new Frames(Integer.MAX_VALUE);
        frames.add(io.netty.buffer.Unpooled.wrappedBuffer(lengthOf(1 << 30)));
        frames.add(io.netty.buffer.Unpooled.wrappedBuffer(new byte[1_000]));

        assertThat(frames.next()).isNull();

        assertThat(frames.held()).isBetween(1_000L, 2_000L);
        frames.release();
    }

    @Test
    void whatIsLargeIsReadToItsEndAndThenRefused() throws IOException {
        try (var guest = guest()) {
            guest.sendBytes(lengthOf(600 * 1024));
            guest.sendBytes(new byte[600 * 1024]);

            assertThat(guest.isClosedByPeer()).as("it was read, and is none").isTrue();
        }
    }

    @Test
    void aFilterIsNoEntryOfAnAccessControlList() throws IOException {
        var match = new CreateAclsRequestData.AclCreation()
                .setResourceType((byte) 2)
                .setResourceName("orders")
                .setResourcePatternType(PatternType.MATCH.code())
                .setPrincipal("User:guest")
                .setHost("*")
                .setOperation((byte) 3)
                .setPermissionType((byte) 3);
        try (var guest = guest()) {
            var answer = guest.ask(
                    new CreateAclsRequest.Builder(new CreateAclsRequestData().setCreations(List.of(match))).build(),
                    CreateAclsResponse.class);

            assertThat(answer.results())
                    .singleElement()
                    .satisfies(result -> assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code()));
        }
    }

    @Test
    void requestsMayComeInPiecesAndSeveralAtOnce() throws IOException {
        var request = new ApiVersionsRequest.Builder().build((short) 0);
        try (var client = world.connect()) {
            var header = new org.apache.kafka.common.requests.RequestHeader(ApiKeys.API_VERSIONS, (short) 0, "raw", 7);
            ByteBuffer one = request.serializeWithHeader(header);
            byte[] framed = new byte[4 + one.remaining()];
            ByteBuffer.wrap(framed).putInt(one.remaining()).put(one);
            for (byte b : framed) {
                client.sendBytes(new byte[] {b});
            }
            assertThat(client.answer(header)).isInstanceOf(ApiVersionsResponse.class);

            byte[] three = new byte[3 * framed.length];
            ByteBuffer.wrap(three).put(framed).put(framed).put(framed);
            client.sendBytes(three);
            for (int i = 0; i < 3; i++) {
                assertThat(client.answer(header)).isInstanceOf(ApiVersionsResponse.class);
            }
        }
    }
}

package io.posthorn.verification.conformance;

import static io.posthorn.verification.conformance.RawAmqp.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.posthorn.verification.conformance.RawAmqp.Arguments;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Input that means nothing, or harm. Whatever comes, the broker serves the others as before.
class BadInputTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @AfterEach
    void theBrokerIsWell() throws IOException {
        String queue = amqp.queue();
        amqp.publish(queue, "well");
        assertThat(amqp.drain(queue)).containsExactly("well");
    }

    @Test
    void garbageBeforeTheHandshakeEndsTheConnection() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            byte[] garbage = new byte[1 + 37 * seed];
            new Random(seed).nextBytes(garbage);
            try (RawAmqp raw = new RawAmqp()) {
                sendAndIgnoreReset(raw, garbage);
                if (garbage.length >= 8) {
                    assertThat(raw.ends()).as("seed %d", seed).isTrue();
                }
            }
        }
    }

    @Test
    void garbageOnAnOpenConnectionEndsIt() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            byte[] garbage = new byte[64 + 37 * seed];
            new Random(seed).nextBytes(garbage);
            garbage[0] = 0x55;
            try (RawAmqp raw = RawAmqp.withChannel()) {
                sendAndIgnoreReset(raw, garbage);
                // A declared length may have us wait for more; with the rest of a frame of zeros it comes to an end.
                sendAndIgnoreReset(raw, new byte[140_000]);
                assertThat(closesOrEnds(raw)).as("seed %d", seed).isTrue();
            }
        }
    }

    /// Good conversations with one octet changed: served, refused or ended, and never anything worse.
    @Test
    void aFlippedOctetHurtsNobodyElse() throws IOException {
        byte[] conversation = conversation(Amqp.name("flipped"));
        Random random = new Random(4711);
        for (int round = 0; round < 300; round++) {
            byte[] flipped = conversation.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            try (RawAmqp raw = RawAmqp.withChannel()) {
                sendAndIgnoreReset(raw, flipped);
            }
        }
    }

    @Test
    void aConversationCutAnywhereHurtsNobodyElse() throws IOException {
        byte[] conversation = conversation(Amqp.name("cut"));
        for (int length = 0; length < conversation.length; length += 3) {
            try (RawAmqp raw = RawAmqp.withChannel()) {
                sendAndIgnoreReset(raw, Arrays.copyOf(conversation, length));
            }
        }
    }

    /// Declares an exclusive queue, publishes to it, takes the message.
    private static byte[] conversation(String queue) {
        byte[] declare = new Arguments()
                .uint16(50)
                .uint16(10)
                .uint16(0)
                .shortString(queue)
                .octet(0b100)
                .table(hex("01 61 49 00000001 01 62 46 00000004 01 63 74 01"))
                .bytes();
        byte[] publish = new Arguments()
                .uint16(60)
                .uint16(40)
                .uint16(0)
                .shortString("")
                .shortString(queue)
                .octet(1)
                .bytes();
        byte[] properties = hex("3800 0000000b 01 6b 53 00000004 61626364 02 05");
        byte[] get = new Arguments()
                .uint16(60)
                .uint16(70)
                .uint16(0)
                .shortString(queue)
                .octet(0)
                .bytes();
        return concat(
                RawAmqp.frameBytes(RawAmqp.METHOD, 1, declare),
                RawAmqp.frameBytes(RawAmqp.METHOD, 1, publish),
                RawAmqp.frameBytes(RawAmqp.HEADER, 1, RawAmqp.header(60, 5, properties)),
                RawAmqp.frameBytes(RawAmqp.BODY, 1, new byte[5]),
                RawAmqp.frameBytes(RawAmqp.METHOD, 1, get));
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }

    /// Thousands of tables one in the other, in a frame that is well-formed throughout.
    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 18_000})
    void aDeepTableIsReadOrRefused(int depth) throws IOException {
        ByteBuffer nested = ByteBuffer.allocate(depth * 7);
        for (int level = depth; level > 0; level--) {
            nested.put((byte) 1).put((byte) 'a').put((byte) 'F').putInt((level - 1) * 7);
        }
        String queue = Amqp.name("deep");
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(
                    1,
                    50,
                    10,
                    new Arguments().uint16(0).shortString(queue).octet(0b100).table(nested.array()));
            RawAmqp.Frame answer = raw.read();
            assertThat(answer.is(50, 11) || answer.close().code() >= 400).isTrue();
        }
    }

    @Test
    void aBodyThatIsAnnouncedButNeverComesHoldsNothingUp() throws IOException {
        String queue = amqp.queue();
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(
                    1,
                    60,
                    40,
                    new Arguments().uint16(0).shortString("").shortString(queue).octet(0));
            raw.frame(RawAmqp.HEADER, 1, RawAmqp.header(60, 10 << 20, hex("0000")));
            raw.frame(RawAmqp.BODY, 1, new byte[10]);
            raw.openChannel(2);
        }
        assertThat(amqp.ready(queue)).isZero();
    }

    @Test
    void aBodyOfAbsurdLengthIsRefused() throws IOException {
        // RabbitMQ would wait for all of it.
        assumeTrue(BrokerUnderTest.isPosthorn());
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(
                    1,
                    60,
                    40,
                    new Arguments()
                            .uint16(0)
                            .shortString("")
                            .shortString("nowhere")
                            .octet(0));
            raw.frame(RawAmqp.HEADER, 1, RawAmqp.header(60, Long.MAX_VALUE, hex("0000")));

            assertThat(raw.expectClose().code()).isIn(406, 501, 541);
        }
    }

    private static void sendAndIgnoreReset(RawAmqp raw, byte[] bytes) throws IOException {
        try {
            raw.send(bytes);
        } catch (SocketException reset) {
            // The broker may end the connection before it has read all of this.
        }
    }

    private static boolean closesOrEnds(RawAmqp raw) throws IOException {
        try {
            return raw.expectClose().code() >= 500;
        } catch (IOException ended) {
            return raw.ends();
        }
    }
}

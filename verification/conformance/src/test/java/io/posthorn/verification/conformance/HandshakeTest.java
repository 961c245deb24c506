package io.posthorn.verification.conformance;

import static io.posthorn.verification.conformance.RawAmqp.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.verification.conformance.RawAmqp.Arguments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How a connection begins, and how it is refused.
class HandshakeTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @Test
    void theServerSaysWhatClientsLookFor() throws IOException {
        Connection connection = amqp.connect();
        Map<String, Object> properties = connection.getServerProperties();

        assertThat(properties).containsKeys("product", "version", "platform", "capabilities", "cluster_name");
        assertThat(String.valueOf(properties.get("version"))).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
        @SuppressWarnings("unchecked")
        Map<String, Object> capabilities = (Map<String, Object>) properties.get("capabilities");
        assertThat(capabilities)
                .containsOnly(
                        Map.entry("publisher_confirms", true),
                        Map.entry("exchange_exchange_bindings", true),
                        Map.entry("basic.nack", true),
                        Map.entry("consumer_cancel_notify", true),
                        Map.entry("connection.blocked", true),
                        Map.entry("consumer_priorities", true),
                        Map.entry("authentication_failure_close", true),
                        Map.entry("per_consumer_qos", true),
                        Map.entry("direct_reply_to", true));
        assertThat(connection.getChannelMax()).isEqualTo(2_047);
        assertThat(connection.getFrameMax()).isEqualTo(131_072);
        assertThat(connection.getHeartbeat()).isEqualTo(60);
    }

    @Test
    void theStartOffersPlainAndAmqplain() throws IOException {
        try (RawAmqp raw = new RawAmqp()) {
            raw.send(RawAmqp.PROTOCOL);
            byte[] payload = raw.expect(10, 10).payload();

            assertThat(payload).startsWith(hex("000a 000a 00 09"));
            assertThat(new String(payload, StandardCharsets.ISO_8859_1))
                    .containsAnyOf("PLAIN AMQPLAIN", "AMQPLAIN PLAIN")
                    .endsWith("en_US");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "414d5150 00 00 08 00",
                "414d5150 01 01 00 0a",
                "414d5150 09 09 09 09",
                "474554202f204854",
                "1603010200010001"
            })
    void anotherProtocolIsToldWhatIsSpokenHere(String header) throws IOException {
        try (RawAmqp raw = new RawAmqp()) {
            raw.send(hex(header));

            assertThat(raw.readRaw(8)).startsWith(hex("414d5150"));
            assertThat(raw.ends()).isTrue();
        }
    }

    @Test
    void aWrongPasswordIsRefusedWithAReason() {
        ConnectionFactory factory = Amqp.factory();
        factory.setPassword("wrong");

        assertThatThrownBy(factory::newConnection)
                .isInstanceOf(AuthenticationFailureException.class)
                .hasMessage(
                        "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the"
                                + " broker logfile.");
    }

    @Test
    void anUnknownUserIsRefusedAlike() {
        ConnectionFactory factory = Amqp.factory();
        factory.setUsername("nobody");

        assertThatThrownBy(factory::newConnection).isInstanceOf(AuthenticationFailureException.class);
    }

    @Test
    void aClientThatCannotHearAReasonIsCutOff() throws IOException {
        try (RawAmqp raw = RawAmqp.started()) {
            Arguments startOk = new Arguments().table(new byte[0]).shortString("PLAIN");
            raw.method(
                    0,
                    10,
                    11,
                    startOk.longString("\0guest\0wrong".getBytes(StandardCharsets.UTF_8))
                            .shortString("en_US"));

            assertThat(raw.ends()).isTrue();
        }
    }

    @Test
    void amqplainIsATableWithoutItsLength() throws IOException {
        try (RawAmqp raw = RawAmqp.started()) {
            raw.startOk(
                    "AMQPLAIN", hex("05 4c4f47494e 53 00000005 6775657374 08 50415353574f5244 53 00000005 6775657374"));

            raw.expect(10, 30);
        }
    }

    @ParameterizedTest
    @CsvSource({"NOSUCH, 503, 00", "PLAIN, 502, 6775657374", "AMQPLAIN, 502, ff"})
    void aLoginThatMakesNoSenseIsRefused(String mechanism, int code, String response) throws IOException {
        try (RawAmqp raw = RawAmqp.started()) {
            raw.startOk(mechanism, hex(response));
            refused(raw, code);
        }
    }

    @Test
    void anUnknownVirtualHostIsRefused() throws IOException {
        try (RawAmqp raw = tuned(2_047, 131_072)) {
            raw.method(
                    0,
                    10,
                    40,
                    new Arguments().shortString("nov").shortString("").octet(0));

            assertThat(raw.expectClose())
                    .isEqualTo(new RawAmqp.Close(true, 530, "NOT_ALLOWED - vhost nov not found", 10, 40));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2047, 131073, frame_max = 131073 is higher than the maximum allowed value (131072)",
        "2047, 0, frame_max = 0 is higher than the maximum allowed value (131072)",
        "2048, 131072, channel_max = 2048 is higher than the maximum allowed value (2047)",
        "0, 131072, channel_max = 0 (no limit) is higher than the maximum allowed value (2047)",
        "2047, 1024, frame_max = 1024 is lower than the minimum allowed value (4096)"
    })
    void aTuneBeyondWhatWasOfferedIsRefused(int channelMax, int frameMax, String detail) throws IOException {
        try (RawAmqp raw = tuned(channelMax, frameMax)) {
            if (BrokerUnderTest.isPosthorn()) {
                assertThat(raw.expectClose())
                        .isEqualTo(new RawAmqp.Close(true, 530, "NOT_ALLOWED - negotiated " + detail, 10, 30));
            } else {
                // 3.10 only ends; later ones say the same as we do.
                assertThat(raw.ends()).isTrue();
            }
        }
    }

    @Test
    void oneChannelMoreThanAgreedEndsTheConnection() throws IOException {
        try (RawAmqp raw = tuned(1, 131_072)) {
            raw.method(
                    0, 10, 40, new Arguments().shortString("/").shortString("").octet(0));
            raw.expect(10, 41);
            raw.openChannel(1);
            raw.method(1, 20, 40, new Arguments().uint16(200).shortString("").uint32(0));
            raw.expect(20, 41);
            raw.openChannel(1);
            raw.method(2, 20, 10, new Arguments().shortString(""));

            assertThat(raw.expectClose())
                    .isEqualTo(new RawAmqp.Close(
                            true,
                            530,
                            "NOT_ALLOWED - number of channels opened (1) has reached the negotiated channel_max (1)",
                            0,
                            0));
        }
    }

    @Test
    void aMethodOutOfTurnNamesTheStateItCameIn() throws IOException {
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(
                    0, 10, 40, new Arguments().shortString("/").shortString("").octet(0));

            assertThat(raw.expectClose())
                    .isEqualTo(new RawAmqp.Close(
                            true, 504, "CHANNEL_ERROR - unexpected method in connection state running", 10, 40));
        }
    }

    @Test
    void aSecretIsUpdated() throws IOException {
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(0, 10, 70, new Arguments().longString(hex("6775657374")).shortString("it was time"));
            raw.expect(10, 71);
            raw.method(1, 20, 20, new Arguments().octet(1));
            raw.expect(20, 21);
        }
    }

    /// RabbitMQ asks only backends with tokens; we check what is told.
    @Test
    void aWrongSecretEndsTheConnection() throws IOException {
        assumeTrue(BrokerUnderTest.isPosthorn());
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(0, 10, 70, new Arguments().longString(hex("00")).shortString("it was time"));

            assertThat(raw.expectClose())
                    .isEqualTo(new RawAmqp.Close(
                            true, 530, "NOT_ALLOWED - New secret was refused by one of the backends", 10, 70));
        }
    }

    /// As RabbitMQ does since 4.0.
    @Test
    void whoeverNamesNobodyIsGuest() throws IOException {
        assumeTrue(BrokerUnderTest.isPosthorn());
        try (RawAmqp raw = RawAmqp.started()) {
            raw.startOk("ANONYMOUS", hex("00"));
            raw.expect(10, 30);
        }
    }

    /// We say why; RabbitMQ only ends what is not yet open.
    private static void refused(RawAmqp raw, int code) throws IOException {
        if (BrokerUnderTest.isPosthorn()) {
            assertThat(raw.expectClose().code()).isEqualTo(code);
        } else {
            assertThat(raw.ends()).isTrue();
        }
    }

    private static RawAmqp tuned(int channelMax, int frameMax) throws IOException {
        RawAmqp raw = RawAmqp.started();
        raw.startOk("PLAIN", RawAmqp.PLAIN_GUEST);
        raw.expect(10, 30);
        raw.method(
                0, 10, 31, new Arguments().uint16(channelMax).uint32(frameMax).uint16(0));
        return raw;
    }

    /// The AMQP of version 0-9 asks with its own header, and gets 0-9-1.
    @Test
    void theHeaderOfVersion09IsTakenAs091() throws IOException {
        try (RawAmqp raw = new RawAmqp()) {
            raw.send(hex("414d5150 01010009"));
            raw.expect(10, 10);
        }
    }

    @Test
    void methodsSentWithoutWaitingAreDoneInOrder() throws IOException {
        String queue = Amqp.name("pipelined");
        try (RawAmqp raw = RawAmqp.started()) {
            raw.startOk("PLAIN", RawAmqp.PLAIN_GUEST);
            raw.expect(10, 30);
            raw.method(0, 10, 31, new Arguments().uint16(2047).uint32(131_072).uint16(0));
            raw.method(
                    0, 10, 40, new Arguments().shortString("/").shortString("").octet(0));
            raw.method(1, 20, 10, new Arguments().shortString(""));
            raw.method(
                    1,
                    50,
                    10,
                    new Arguments().uint16(0).shortString(queue).octet(0b100).uint32(0));
            raw.publish(1, queue, hex("0000"), new byte[3]);
            raw.method(1, 60, 70, new Arguments().uint16(0).shortString(queue).octet(1));

            raw.expect(60, 71);
        }
    }

    @Test
    void anOctetAtATimeIsAConnectionToo() throws IOException {
        try (RawAmqp raw = new RawAmqp()) {
            for (byte octet : RawAmqp.PROTOCOL) {
                raw.send(new byte[] {octet});
            }
            raw.expect(10, 10);
        }
    }

    @Test
    void aSilentPeerIsDroppedAfterTwoMissedHeartbeats() throws IOException {
        try (RawAmqp raw = RawAmqp.started()) {
            raw.startOk("PLAIN", RawAmqp.PLAIN_GUEST);
            raw.expect(10, 30);
            raw.method(0, 10, 31, new Arguments().uint16(2047).uint32(131_072).uint16(1));
            raw.method(
                    0, 10, 40, new Arguments().shortString("/").shortString("").octet(0));
            raw.expect(10, 41);

            assertThat(raw.ends()).isTrue();
        }
    }

    @Test
    void closingIsAnswered() throws IOException {
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(1, 20, 40, new Arguments().uint16(200).shortString("").uint32(0));
            raw.expect(20, 41);
            raw.openChannel(1);
            raw.method(0, 10, 50, new Arguments().uint16(0).shortString("").uint32(0));
            raw.expect(10, 51);
        }
    }

    @Test
    void whatFollowsTheOffenceIsDroppedUntilCloseOk() throws IOException {
        String missing = Amqp.name("missing");
        String queue = Amqp.name("never-declared");
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(1, 60, 70, new Arguments().uint16(0).shortString(missing).octet(1));
            raw.method(
                    1,
                    50,
                    10,
                    new Arguments().uint16(0).shortString(queue).octet(0).uint32(0));
            raw.publish(1, queue, hex("0000"), new byte[3]);
            assertThat(raw.expectClose().code()).isEqualTo(404);
            raw.method(1, 20, 41, new Arguments());
            raw.openChannel(1);
        }
        assertThat(amqp.exists(queue)).isFalse();
    }

    /// RabbitMQ's frame of who is not logged in is as long, and its clients' own tests ask for that.
    @Test
    void whoIsNotLoggedInMaySendSmallFramesOnly() throws Exception {
        ConnectionFactory factory = Amqp.factory();
        var properties = new HashMap<>(factory.getClientProperties());
        properties.put("long", "x".repeat(6_000));
        factory.setClientProperties(properties);
        amqp.connect(factory).close();

        properties.put("long", "x".repeat(8_192));
        factory.setClientProperties(properties);
        assertThatThrownBy(() -> amqp.connect(factory)).isInstanceOf(IOException.class);
    }

    /// Nothing that a stranger sends may make the broker hold much.
    @Test
    void aStrangersHugeFrameIsRefusedAtItsHeader() throws IOException {
        assumeTrue(BrokerUnderTest.isPosthorn());
        try (RawAmqp raw = RawAmqp.started()) {
            raw.send(ByteBuffer.allocate(7)
                    .put((byte) 1)
                    .putShort((short) 0)
                    .putInt(0x7fff_ffff)
                    .array());

            assertThat(raw.expectClose().code()).isEqualTo(501);
        }
    }
}

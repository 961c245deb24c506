package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.ChannelMethod;
import io.posthorn.protocol.amqp.wire.ConfirmMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.FrameReader;
import io.posthorn.protocol.amqp.wire.QueueMethod;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers that break the rules, or do less than they should. Whatever they do, the next one is served.
@Timeout(30)
@SuppressWarnings("NullAway") // asserting finds nulls
final class BadInputTest {
    private static final byte[] OUR_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private final FakeBroker broker = new FakeBroker();
    private final TestServer server = new TestServer(
            broker,
            new AmqpSettings(
                    AmqpSettings.DEFAULTS.identity(),
                    8_192,
                    131_072,
                    2_047,
                    60,
                    Duration.ofSeconds(1),
                    Duration.ofMillis(200),
                    1024 * 1024));

    @AfterEach
    void theNextOneIsServed() throws IOException {
        try (WirePeer peer = server.peer().open()) {
            peer.send(0, new ConnectionMethod.Close(200, "bye", 0, 0));
            peer.expect(ConnectionMethod.CloseOk.class);
            assertThat(peer.next()).isNull();
        }
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"414d515003010000", "474554202f20485454502f312e31", "1603010200010001fc0303", "0000000000000000"
            })
    void anotherProtocolIsToldOursAndClosed(String hex) throws IOException {
        try (WirePeer peer = server.peer().raw(hex)) {
            assertThat(peer.rest()).isEqualTo(OUR_HEADER);
        }
    }

    @Test
    void aPeerThatSaysNothingIsClosedWhenItsTimeIsOver() throws IOException {
        try (WirePeer peer = server.peer()) {
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    void aPeerThatStopsInTheHandshakeIsClosedWhenItsTimeIsOver() throws IOException {
        try (WirePeer peer = server.peer().header()) {
            peer.expect(ConnectionMethod.Start.class);
            assertThat(peer.next()).isNull();
        }
    }

    @Test
    void aBrokerThatDoesNotAnswerHoldsUpNoGoodbyeForEver() throws IOException {
        broker.keepsWhatIsClosed = true;
        try (WirePeer peer = server.peer().open()) {
            peer.send(1, new ChannelMethod.Close(200, "bye", 0, 0));
            peer.expect(ChannelMethod.CloseOk.class);
            peer.send(1, new ChannelMethod.Open());
            peer.expect(ChannelMethod.OpenOk.class);
            peer.send(1, new QueueMethod.Declare("nothing", true, false, false, false, false, Arguments.NONE));
            peer.expect(ChannelMethod.Close.class);
            peer.send(0, new ConnectionMethod.Close(200, "bye", 0, 0));
            peer.expect(ConnectionMethod.CloseOk.class);
            assertThat(peer.next()).isNull();
        }
    }

    @Test
    void aStrangerMayNotAnnounceALargeFrame() throws IOException {
        try (WirePeer peer = server.peer().header()) {
            peer.expect(ConnectionMethod.Start.class);
            peer.raw("01 0000 00020000");
            ConnectionMethod.Close close = peer.expect(ConnectionMethod.Close.class);
            assertThat(close.replyCode()).isEqualTo(501);
            assertThat(close.replyText()).contains("frame_too_large");
        }
    }

    @Test
    void aMethodOutOfTurnIsAChannelError() throws IOException {
        try (WirePeer peer = server.peer().header()) {
            peer.expect(ConnectionMethod.Start.class);
            peer.send(0, new ConnectionMethod.Open("/"));
            ConnectionMethod.Close close = peer.expect(ConnectionMethod.Close.class);
            assertThat(close.replyCode()).isEqualTo(504);
            assertThat(close.classId()).isEqualTo(10);
            assertThat(close.methodId()).isEqualTo(40);
        }
    }

    @Test
    void framesOfAChannelBeforeTheConnectionIsOpenAreAChannelError() throws IOException {
        try (WirePeer peer = server.peer().header()) {
            peer.expect(ConnectionMethod.Start.class);
            peer.send(1, new ChannelMethod.Open());
            assertThat(peer.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(504);
        }
    }

    @Test
    void aRefusedLoginIsOnlyClosedForThoseWhoDoNotUnderstandMore() throws IOException {
        try (WirePeer peer = server.peer().header()) {
            peer.expect(ConnectionMethod.Start.class);
            peer.startOk("guest", "wrong", Arguments.NONE);
            assertThat(peer.next()).isNull();
        }
        var capabilities = new Arguments(Map.of("authentication_failure_close", true));
        try (WirePeer peer = server.peer().header()) {
            peer.expect(ConnectionMethod.Start.class);
            peer.startOk("guest", "wrong", new Arguments(Map.of("capabilities", capabilities)));
            assertThat(peer.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(403);
        }
    }

    @Test
    void amqplainIsATableWithoutItsLength() throws IOException {
        try (WirePeer peer = server.peer().header()) {
            peer.expect(ConnectionMethod.Start.class);
            byte[] table = java.util.HexFormat.of()
                    .parseHex("054c4f47494e5300000005677565737408504153 53574f5244530000000567756573 74"
                            .replace(" ", ""));
            peer.send(0, new ConnectionMethod.StartOk(Arguments.NONE, "AMQPLAIN", new Bytes(table), "en_US"));
            peer.expect(ConnectionMethod.Tune.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4_095, 131_073})
    void aFrameSizeThatWasNotOfferedIsNotAllowed(int frameMax) throws IOException {
        try (WirePeer peer = server.peer().header()) {
            peer.expect(ConnectionMethod.Start.class);
            peer.startOk("guest", "guest", Arguments.NONE);
            peer.expect(ConnectionMethod.Tune.class);
            peer.send(0, new ConnectionMethod.TuneOk(2_047, frameMax, 0));
            ConnectionMethod.Close close = peer.expect(ConnectionMethod.Close.class);
            assertThat(close.replyCode()).isEqualTo(530);
            assertThat(close.replyText()).startsWith("NOT_ALLOWED - negotiated frame_max = " + frameMax);
        }
    }

    @Test
    void aTableOfSeventeenLevelsIsRefused() throws IOException {
        Arguments table = new Arguments(Map.of("leaf", true));
        for (int i = 0; i < 17; i++) {
            table = new Arguments(Map.of("t", table));
        }
        try (WirePeer peer = server.peer().open()) {
            peer.send(1, new QueueMethod.Declare("q", false, false, false, false, false, table));
            ConnectionMethod.Close close = peer.expect(ConnectionMethod.Close.class);
            assertThat(close.replyCode()).isEqualTo(501);
            assertThat(close.classId()).isEqualTo(50);
            assertThat(close.methodId()).isEqualTo(10);
        }
    }

    @Test
    void whatFollowsAnOffenceOnItsChannelIsDiscardedUntilCloseOk() throws IOException {
        try (WirePeer peer = server.peer().open()) {
            peer.send(1, new BasicMethod.Get("nope", true));
            peer.send(1, new QueueMethod.Declare("late", false, false, false, false, false, Arguments.NONE));
            peer.publish(1, "late", new byte[10]);
            assertThat(peer.expect(ChannelMethod.Close.class).replyCode()).isEqualTo(404);
            peer.send(1, new ChannelMethod.CloseOk());
            peer.send(1, new ChannelMethod.Open());
            peer.expect(ChannelMethod.OpenOk.class);
            peer.send(1, new QueueMethod.Declare("late", true, false, false, false, false, Arguments.NONE));
            assertThat(peer.expect(ChannelMethod.Close.class).replyCode()).isEqualTo(404);
        }
    }

    @Test
    void bothSidesMayCloseAChannelAtOnce() throws IOException {
        try (WirePeer peer = server.peer().open()) {
            peer.send(1, new BasicMethod.Get("nope", true));
            peer.send(1, new ChannelMethod.Close(200, "", 0, 0));
            peer.expect(ChannelMethod.Close.class);
            peer.expect(ChannelMethod.CloseOk.class);
            peer.send(1, new ChannelMethod.CloseOk());
            peer.send(1, new ChannelMethod.Open());
            peer.expect(ChannelMethod.OpenOk.class);
        }
    }

    @Test
    void garbageOnAnOpenConnectionEndsIt() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            byte[] garbage = new byte[200];
            new Random(seed).nextBytes(garbage);
            garbage[0] = 77;
            try (WirePeer peer = server.peer().open()) {
                peer.raw(garbage);
                assertThat(peer.expect(ConnectionMethod.Close.class).replyCode())
                        .isEqualTo(501);
            }
        }
    }

    @Test
    void aBodyHalfSentCountsAsMemoryHeldUntilItIsWhole() throws IOException {
        byte[] method = WirePeer.frame(1, new BasicMethod.Publish("", "q", false, false));
        byte[] content = WirePeer.content(1, "1000" + "02", new byte[100 * (4_096 - 8)], 4_096);
        int half = content.length - 50 * 4_096; // where a frame begins
        try (WirePeer peer = server.peer().open()) {
            peer.raw(method).raw(Arrays.copyOf(content, half));
            // The second answer comes from a later read, when all of the first has been accounted for.
            openChannel(peer, 2);
            openChannel(peer, 3);

            assertThat(broker.heldByConnections).isBetween(200_000L, 409_000L);

            peer.raw(Arrays.copyOfRange(content, half, content.length));
            openChannel(peer, 4);
            openChannel(peer, 5);

            assertThat(broker.heldByConnections).isZero();
        }
    }

    private static void openChannel(WirePeer peer, int channel) throws IOException {
        peer.send(channel, new ChannelMethod.Open());
        peer.expect(ChannelMethod.OpenOk.class);
    }

    @Test
    void contentsSplitAnyWayAreTheSameMessage() throws IOException {
        byte[] body = "0123456789".repeat(40).getBytes(StandardCharsets.US_ASCII);
        try (WirePeer peer = server.peer().open()) {
            peer.send(1, new QueueMethod.Declare("q", false, false, false, false, false, Arguments.NONE));
            peer.expect(QueueMethod.DeclareOk.class);
            byte[] method = WirePeer.frame(1, new BasicMethod.Publish("", "q", false, false));
            byte[] content = WirePeer.content(1, "1000" + "02", body, 100);
            for (int piece = 1; piece < 50; piece += 7) {
                for (byte[] part : new byte[][] {method, content}) {
                    for (int at = 0; at < part.length; at += piece) {
                        peer.raw(java.util.Arrays.copyOfRange(part, at, Math.min(part.length, at + piece)));
                    }
                }
                peer.send(1, new BasicMethod.Get("q", true));
                peer.expect(BasicMethod.GetOk.class);
                assertThat(peer.body()).isEqualTo(body);
            }
        }
    }

    @Test
    void aCommandIsAnsweredBeforeWhatWasSentBehindItIsDone() throws IOException {
        try (WirePeer peer = server.peer().open()) {
            peer.send(1, new ConfirmMethod.Select(true));
            peer.send(1, new QueueMethod.Declare("piped", false, false, false, false, false, Arguments.NONE));
            peer.publish(1, "piped", new byte[3]);
            peer.send(1, new BasicMethod.Get("piped", true));
            peer.expect(QueueMethod.DeclareOk.class);
            // The confirm may overtake the answer to the get, but the message was routed to the new queue.
            var first = peer.next();
            var second = peer.next();
            assertThat(java.util.List.of(first.specName(), second.specName()))
                    .containsExactlyInAnyOrder("basic.get-ok", "basic.ack");
        }
    }

    @Test
    void aConsumerThatNeverReadsIsNotSentMoreThanFitsAndGetsTheRestWhenItDoes() throws IOException {
        byte[] body = new byte[100_000];
        int messages = 200;
        try (WirePeer publisher = server.peer().open();
                WirePeer consumer = server.peer()) {
            consumer.open();
            publisher.send(1, new QueueMethod.Declare("q", false, false, false, false, false, Arguments.NONE));
            publisher.expect(QueueMethod.DeclareOk.class);
            consumer.send(1, new BasicMethod.Consume("q", "c", false, true, false, false, Arguments.NONE));
            consumer.expect(BasicMethod.ConsumeOk.class);
            for (int i = 0; i < messages; i++) {
                publisher.publish(1, "q", body);
            }
            publisher.send(1, new QueueMethod.Declare("q", true, false, false, false, false, Arguments.NONE));
            assertThat(publisher.expect(QueueMethod.DeclareOk.class).messageCount())
                    .isPositive();
            for (int i = 0; i < messages; i++) {
                consumer.expect(BasicMethod.Deliver.class);
                assertThat(consumer.body()).hasSize(body.length);
            }
        }
    }

    @Test
    void heartbeatsGoOnWhileAnAlarmBlocksAPublisher() throws IOException {
        try (WirePeer peer = server.peer().open(131_072, 1, Arguments.NONE)) {
            server.onLoop(() -> broker.alarm(Alarm.DISK, true));
            peer.publish(1, "nowhere", new byte[1]);
            // Twice two intervals in which we say nothing and are not dropped for it.
            for (int heartbeats = 0; heartbeats < 6; heartbeats++) {
                assertThat(peer.nextFrame()).isEqualTo(FrameReader.HEARTBEAT);
                peer.skipFrame();
            }
            server.onLoop(() -> broker.alarm(Alarm.DISK, false));
            peer.send(1, new ChannelMethod.Close(200, "", 0, 0));
            peer.expect(ChannelMethod.CloseOk.class);
        }
    }

    @Test
    void aPeerThatFallsSilentIsDroppedAfterTwoHeartbeats() throws IOException {
        try (WirePeer peer = server.peer().open(131_072, 1, Arguments.NONE)) {
            assertThat(peer.next()).isNull();
        }
    }

    @Test
    void aDroppedConnectionLeavesNoSessionBehind() throws IOException {
        try (WirePeer peer = server.peer().open()) {
            peer.socket().setSoLinger(true, 0);
        } catch (SocketException reset) {
            // that is what it is for
        }
        try (WirePeer other = server.peer().open()) {
            while (server.connections() > 1) {
                Thread.onSpinWait();
            }
            int[] sessions = new int[1];
            server.onLoop(() -> sessions[0] = broker.sessions());
            assertThat(sessions[0]).isEqualTo(1);
            other.send(0, new ConnectionMethod.Close(200, "", 0, 0));
            other.expect(ConnectionMethod.CloseOk.class);
        }
    }
}

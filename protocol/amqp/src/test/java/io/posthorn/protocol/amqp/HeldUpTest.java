package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.posthorn.broker.Alarm;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of a connection that has to wait: for an alarm to end, or for a peer that does not read.
final class HeldUpTest {
    private static final int MEGABYTE = 1024 * 1024;

    private final FakeBroker broker = new FakeBroker();
    private final EmbeddedPeer peer = new EmbeddedPeer(broker);
    private final ArrayDeque<Runnable> late = new ArrayDeque<>();

    @BeforeEach
    void open() {
        peer.open().say(1, new QueueMethod.Declare("q", false, false, false, false, false, Arguments.NONE));
    }

    @AfterEach
    void close() {
        peer.close();
    }

    @Test
    void whatAnAlarmHeldBackLivesFromWhenItIsPublished() {
        peer.onLoop(() -> broker.alarm(Alarm.DISK, true));
        publish("0100" + "04" + "31303030", 1); // expiration "1000"
        peer.pass(Duration.ofMinutes(10));
        assertThat(broker.queue("q").messages()).isEmpty();
        peer.onLoop(() -> broker.alarm(Alarm.DISK, false));
        assertThat(broker.queue("q").messages())
                .singleElement()
                .satisfies(message -> assertThat(message.expiresAt()).isEqualTo(peer.nowMillis() + 1_000));
    }

    @Test
    void aPeerThatDoesNotReadIsNotAnsweredForEver() {
        peer.stopReading();
        askForFarTooMuch();
        assertThat(broker.queue("q").messages()).hasSizeBetween(14, 16);
        peer.readOn();
        assertThat(broker.queue("q").messages()).as("answers when it reads").isEmpty();
    }

    @Test
    void aPeerThatDoesNotReadIsNotAnsweredForEverByQueuesThatTakeTheirTime() {
        broker.lateAnswers = late;
        peer.stopReading();
        askForFarTooMuch();
        answer();
        assertThat(broker.queue("q").messages()).hasSizeBetween(14, 16);
        peer.readOn();
        answer();
        assertThat(broker.queue("q").messages()).as("answers when it reads").isEmpty();
    }

    /// Thrice as much as may wait for it, in one read.
    private void askForFarTooMuch() {
        ByteBuf gets = Unpooled.buffer();
        for (int i = 0; i < 24; i++) {
            publish("0000", MEGABYTE);
            gets.writeBytes(WirePeer.frame(1, new BasicMethod.Get("q", true)));
        }
        peer.say(gets);
    }

    private void answer() {
        while (!late.isEmpty()) {
            peer.onLoop(late.remove());
        }
    }

    @Test
    void aPeerThatDoesNotReadCannotKeepTheSocketThatItWantsClosed() {
        peer.stopReading();
        publish("0000", MEGABYTE);
        peer.say(1, new BasicMethod.Get("q", true));
        peer.say(0, new ConnectionMethod.Close(200, "bye", 0, 0));
        assertThat(peer.channel().isOpen()).isTrue();
        peer.pass(Duration.ofSeconds(10));
        assertThat(peer.channel().isOpen()).isFalse();
    }

    @Test
    void aConsumerThatBeginsTooLateForItsChannelIsClosed() {
        consume("first");
        broker.lateAnswers = late;
        consume("second");
        // Its client knows no basic.cancel, so its channel goes.
        var sink = broker.queue("q").consumers().getFirst().sink();
        peer.onLoop(() -> sink.timedOut(1_000));
        answer();
        assertThat(broker.queue("q").consumers()).isEmpty();
    }

    @Test
    void aPartThatWasToldToWaitIsResumedThoughAnotherWasToldToGoOn() {
        consume("c");
        var consumer = broker.queue("q").consumers().getFirst();
        ChannelOutboundBuffer window = peer.channel().unsafe().outboundBuffer();
        peer.onLoop(() -> {
            window.setUserDefinedWritability(1, false);
            assertThat(consumer.sink().deliver(delivery())).isFalse();
            // The connection hears of this behind all that happens now, as with TLS.
            window.setUserDefinedWritability(1, true);
            assertThat(consumer.sink().deliver(delivery())).isTrue();
        });
        assertThat(consumer.resumes).isEqualTo(1);
    }

    private void consume(String tag) {
        peer.say(1, new BasicMethod.Consume("q", tag, false, true, false, false, Arguments.NONE));
    }

    private Delivery delivery() {
        var message = new Message(
                "", "q", List.of(), null, List.of(), Bytes.utf8("m"), true, 0, Message.NEVER, 0, () -> Arguments.NONE);
        return new Delivery(broker.queue("q"), 0, false, 0, message, 0);
    }

    private void publish(String properties, int bytes) {
        ByteBuf frames = Unpooled.buffer();
        frames.writeBytes(WirePeer.frame(1, new BasicMethod.Publish("", "q", false, false)));
        frames.writeBytes(WirePeer.content(1, properties, new byte[bytes], 131_072));
        peer.say(frames);
    }
}

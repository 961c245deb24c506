package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Alarm;
import io.posthorn.broker.Arguments;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.QueueMethod;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of a connection that has to wait: for an alarm to end, or for a peer that does not read.
final class HeldUpTest {
    private final FakeBroker broker = new FakeBroker();
    private final EmbeddedPeer peer = new EmbeddedPeer(broker);

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

    private void publish(String properties, int bytes) {
        ByteBuf frames = Unpooled.buffer();
        frames.writeBytes(WirePeer.frame(1, new BasicMethod.Publish("", "q", false, false)));
        frames.writeBytes(WirePeer.content(1, properties, new byte[bytes], 131_072));
        peer.say(frames);
    }
}

package io.posthorn.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.posthorn.transport.ReadGate.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ConnectionTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ReadGate gate = new ReadGate(channel);
    private final List<String> seen = new ArrayList<>();

    @Test
    void oneReasonWithdrawnDoesNotOpenAGateThatAnotherKeepsClosed() {
        gate.close(Reason.COMMAND);
        gate.close(Reason.ALARM);
        gate.open(Reason.COMMAND);
        assertThat(gate.isOpen()).isFalse();
        assertThat(channel.config().isAutoRead()).isFalse();

        gate.open(Reason.ALARM);
        assertThat(gate.isOpen()).isTrue();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void whatWasReadAlreadyIsDecodedBeforeMoreIsRead() {
        gate.onOpen(() -> gate.close(Reason.COMMAND));
        gate.close(Reason.LOGIN);
        gate.open(Reason.LOGIN);
        assertThat(channel.config().isAutoRead()).isFalse();
    }

    @Test
    void withdrawingAReasonNeverGivenDoesNothing() {
        gate.onOpen(() -> seen.add("opened"));
        gate.open(Reason.ALARM);
        assertThat(seen).isEmpty();
    }

    @Test
    void whatIsCollectedInOnePassIsOneWrite() {
        var outbox = new Outbox(channel);
        outbox.beforeFlush(() -> outbox.writer().writeByte('c'));
        outbox.writer().writeByte('a');
        outbox.flushSoon();
        outbox.writer().writeByte('b');
        outbox.flushSoon();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();

        channel.runPendingTasks();
        ByteBuf written = channel.readOutbound();
        assertThat(written.toString(java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("abc");
        written.release();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
    }

    @Test
    void aPeerSilentForTwoIntervalsIsGone() {
        channel.freezeTime();
        var watch = new IdleWatch(gate, () -> seen.add("heartbeat"), () -> seen.add("gone"));
        watch.start(channel.eventLoop(), Duration.ofSeconds(2));
        watch.onRead();
        watch.onWrite();
        pass(1);
        assertThat(seen).isEmpty();
        pass(3);
        assertThat(seen).containsExactly("heartbeat", "heartbeat", "heartbeat");
        pass(1);
        assertThat(seen).containsExactly("heartbeat", "heartbeat", "heartbeat", "heartbeat", "gone");
        pass(5);
        assertThat(seen).hasSize(5);
    }

    @Test
    void anyTrafficKeepsAPeerAlive() {
        channel.freezeTime();
        var watch = new IdleWatch(gate, () -> {}, () -> seen.add("gone"));
        watch.start(channel.eventLoop(), Duration.ofSeconds(2));
        for (int second = 0; second < 20; second++) {
            if (second % 3 == 0) {
                watch.onRead();
            }
            pass(1);
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void aPeerWeDoNotListenToIsNotTakenForDead() {
        channel.freezeTime();
        var watch = new IdleWatch(gate, () -> {}, () -> seen.add("gone"));
        watch.start(channel.eventLoop(), Duration.ofSeconds(2));
        gate.close(Reason.ALARM);
        pass(20);
        assertThat(seen).isEmpty();
        gate.open(Reason.ALARM);
        pass(4);
        assertThat(seen).containsExactly("gone");
    }

    private void pass(int seconds) {
        for (int second = 0; second < seconds; second++) {
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }
    }
}

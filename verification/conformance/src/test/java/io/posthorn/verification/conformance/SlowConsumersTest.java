package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import io.posthorn.verification.conformance.RawAmqp.Arguments;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Peers that stop reading or writing, and others that must not notice.
class SlowConsumersTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @Test
    void oneThatNeverReadsDoesNotHoldUpTheOthers() throws IOException {
        String deaf = amqp.queue();
        String other = amqp.queue();
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(1, 60, 20, consume(deaf));
            fill(deaf, 64);

            amqp.publish(other, "goes on");
            assertThat(amqp.drain(other)).containsExactly("goes on");
            fill(deaf, 8);
        }
        Amqp.eventually(() -> amqp.ready(deaf) == 72);
    }

    /// Manual acks, so that what was sent into the void comes back.
    private static Arguments consume(String queue) {
        return new Arguments()
                .uint16(0)
                .shortString(queue)
                .shortString("")
                .octet(0)
                .table(new byte[0]);
    }

    private void fill(String queue, int mebibytes) throws IOException {
        Channel channel = amqp.channel();
        channel.confirmSelect();
        for (int n = 0; n < mebibytes; n++) {
            channel.basicPublish("", queue, null, new byte[1 << 20]);
        }
        Amqp.confirmed(channel);
    }

    /// A peer that publishes and consumes on one connection, and reads nothing while it writes.
    @Test
    void aPeerThatOnlyWritesForAWhileIsServedWhenItReads() throws IOException {
        String queue = amqp.queue();
        int count = 2_000;
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(1, 60, 20, consume(queue));
            raw.expect(60, 21);
            for (int n = 0; n < count; n++) {
                raw.publish(1, queue, RawAmqp.hex("0000"), new byte[1_000]);
            }
            for (int n = 0; n < count; n++) {
                raw.expect(60, 60);
            }
        }
    }

    @Test
    void aHalfOpenHandshakeIsNoBurden() throws IOException {
        RawAmqp[] silent = new RawAmqp[50];
        for (int n = 0; n < silent.length; n++) {
            silent[n] = new RawAmqp();
            if (n % 2 == 0) {
                silent[n].send(RawAmqp.hex("414d51"));
            }
        }
        String queue = amqp.queue();
        amqp.publish(queue, "served");
        assertThat(amqp.drain(queue)).containsExactly("served");
        for (RawAmqp raw : silent) {
            raw.close();
        }
    }
}

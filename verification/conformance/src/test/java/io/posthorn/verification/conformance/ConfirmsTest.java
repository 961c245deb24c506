package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What publisher confirms say, and when.
class ConfirmsTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @Test
    void everyPublishOfManyChannelsIsConfirmedOnce() throws Exception {
        String queue = amqp.queue();
        Connection connection = amqp.connect();
        List<Channel> channels = new ArrayList<>();
        List<Confirmed> confirmed = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            Channel channel = connection.createChannel();
            Confirmed tags = new Confirmed();
            channel.confirmSelect();
            channel.addConfirmListener(tags, (tag, multiple) -> {});
            channels.add(channel);
            confirmed.add(tags);
        }
        for (int round = 0; round < 100; round++) {
            for (Channel channel : channels) {
                channel.basicPublish("", queue, Amqp.persistent(), Amqp.bytes("m"));
            }
        }
        for (Channel channel : channels) {
            Amqp.confirmed(channel);
        }
        assertThat(confirmed).allMatch(tags -> tags.exactly(100));
        assertThat(amqp.ready(queue)).isEqualTo(2_000);
    }

    /// The tags confirmed on one channel. Written on the thread of its connection.
    private static final class Confirmed implements ConfirmCallback {
        private final BitSet tags = new BitSet();
        private int twice;

        @Override
        public synchronized void handle(long tag, boolean multiple) {
            int upTo = Math.toIntExact(tag);
            int from = multiple ? tags.nextClearBit(1) : upTo;
            if (from > upTo || tags.get(upTo)) {
                twice++;
            }
            tags.set(from, upTo + 1);
        }

        synchronized boolean exactly(int count) {
            return twice == 0 && tags.cardinality() == count && tags.length() == count + 1;
        }
    }

    @Test
    void theReturnComesBeforeTheConfirm() throws Exception {
        Channel channel = amqp.channel();
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        channel.confirmSelect();
        channel.addReturnListener(
                message -> events.add("return " + message.getReplyCode() + " " + message.getRoutingKey()));
        channel.addConfirmListener((tag, multiple) -> events.add("ack " + tag), (tag, multiple) -> events.add("nack"));
        channel.basicPublish("", Amqp.name("nowhere"), true, null, Amqp.bytes("lost"));

        assertThat(events.poll(10, TimeUnit.SECONDS)).startsWith("return 312 nowhere");
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("ack 1");
    }

    @Test
    void whatIsNotRoutedIsConfirmedToo() throws IOException {
        Channel channel = amqp.channel();
        channel.confirmSelect();
        for (int n = 0; n < 10; n++) {
            channel.basicPublish("", Amqp.name("nowhere"), null, new byte[n]);
        }
        assertThat(Amqp.confirmed(channel)).isTrue();
    }

    @Test
    void transientMessagesAndTransientQueuesAreConfirmedToo() throws IOException {
        String queue = amqp.queue(false, Map.of());
        Channel channel = amqp.channel();
        channel.confirmSelect();
        channel.basicPublish("", queue, null, new byte[0]);
        channel.basicPublish("", queue, Amqp.persistent(), new byte[0]);
        channel.basicPublish("", amqp.queue(), null, new byte[0]);

        assertThat(Amqp.confirmed(channel)).isTrue();
    }

    @Test
    void selectingTwiceIsNoError() throws IOException {
        Channel channel = amqp.channel();
        channel.confirmSelect();
        channel.confirmSelect();
        channel.basicPublish("", Amqp.name("nowhere"), null, new byte[0]);
        assertThat(Amqp.confirmed(channel)).isTrue();
    }
}

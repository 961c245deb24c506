package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How a queue hands out its messages: credit, order, and what comes back.
class DeliveryTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    private String queue = "";

    @BeforeEach
    void declareQueue() throws IOException {
        queue = amqp.queue();
    }

    /// What came to one consumer, in order.
    private static final class Inbox {
        private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();

        static Inbox consume(Channel channel, String queue) throws IOException {
            Inbox inbox = new Inbox();
            channel.basicConsume(queue, false, (tag, delivery) -> inbox.deliveries.add(delivery), tag -> {});
            return inbox;
        }

        Delivery next() {
            try {
                Delivery delivery = deliveries.poll(Amqp.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                return Objects.requireNonNull(delivery, "nothing came");
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        List<String> next(int count) {
            List<String> bodies = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                bodies.add(Amqp.text(next().getBody()));
            }
            return bodies;
        }
    }

    private static String[] numbered(int count) {
        String[] bodies = new String[count];
        for (int n = 0; n < count; n++) {
            bodies[n] = Integer.toString(n);
        }
        return bodies;
    }

    private static long tag(Delivery delivery) {
        return delivery.getEnvelope().getDeliveryTag();
    }

    @Test
    void messagesComeInTheOrderOfTheirPublishing() throws IOException {
        amqp.publish(queue, numbered(1_000));

        assertThat(Inbox.consume(amqp.channel(), queue).next(1_000)).containsExactly(numbered(1_000));
    }

    @Test
    void aConsumerGetsNoMoreThanItsPrefetch() throws IOException {
        amqp.publish(queue, numbered(10));
        Channel channel = amqp.channel();
        channel.basicQos(3);
        Inbox inbox = Inbox.consume(channel, queue);

        List<Delivery> first = List.of(inbox.next(), inbox.next(), inbox.next());
        // What the consumer may not have yet is still ready; the answer comes behind anything delivered before it.
        assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isEqualTo(7);
        assertThat(inbox.deliveries).isEmpty();

        channel.basicAck(tag(first.get(1)), true);
        assertThat(inbox.next(2)).containsExactly("3", "4");
        assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isEqualTo(5);
        assertThat(inbox.deliveries).isEmpty();
    }

    @Test
    void prefetchIsForConsumersThatComeLater() throws IOException {
        Channel channel = amqp.channel();
        channel.basicQos(1);
        Inbox narrow = Inbox.consume(channel, queue);
        channel.basicQos(0);
        amqp.publish(queue, numbered(3));
        narrow.next();

        Amqp.eventually(() -> amqp.ready(queue) == 2);
    }

    @Test
    void consumersWithPrefetchOneShareTheWorkFairly() throws IOException {
        List<Channel> channels = new ArrayList<>();
        List<Inbox> inboxes = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            Channel channel = amqp.channel();
            channel.basicQos(1);
            channels.add(channel);
            inboxes.add(Inbox.consume(channel, queue));
        }
        // One more for each than is asked for: the last acks of several connections come in any order.
        amqp.publish(queue, numbered(44));
        for (int round = 0; round < 10; round++) {
            for (int n = 0; n < 4; n++) {
                channels.get(n).basicAck(tag(inboxes.get(n).next()), false);
            }
        }
        Amqp.eventually(() -> amqp.ready(queue) == 0);
    }

    @Test
    void aConsumerThatNeverAcksHoldsOnlyItsOwn() throws IOException {
        Channel stubborn = amqp.channel();
        stubborn.basicQos(5);
        Inbox.consume(stubborn, queue);
        amqp.publish(queue, numbered(100));
        Channel busy = amqp.channel();
        Inbox inbox = Inbox.consume(busy, queue);
        inbox.next(94);
        busy.basicAck(tag(inbox.next()), true);

        assertThat(inbox.deliveries).isEmpty();
        stubborn.getConnection().abort();
        List<Delivery> back = List.of(inbox.next(), inbox.next(), inbox.next(), inbox.next(), inbox.next());
        assertThat(back).allMatch(delivery -> delivery.getEnvelope().isRedeliver());
    }

    @Test
    void whatIsRequeuedComesBackInItsPlaceAndFlagged() throws IOException {
        amqp.publish(queue, numbered(6));
        Channel channel = amqp.channel();
        List<Long> tags = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            tags.add(channel.basicGet(queue, false).getEnvelope().getDeliveryTag());
        }
        channel.basicReject(tags.get(2), true);
        channel.basicNack(tags.get(0), false, true);
        channel.basicAck(tags.get(1), false);
        channel.basicNack(0, true, true);

        Inbox inbox = Inbox.consume(amqp.channel(), queue);
        List<String> order = new ArrayList<>();
        for (int n = 0; n < 5; n++) {
            Delivery delivery = inbox.next();
            order.add(Amqp.text(delivery.getBody()) + (delivery.getEnvelope().isRedeliver() ? " again" : ""));
        }
        assertThat(order).containsExactly("0 again", "2 again", "3 again", "4", "5");
    }

    @Test
    void aClosedChannelGivesBackWhatItHeldInOrder() throws Exception {
        amqp.publish(queue, numbered(10));
        Channel channel = amqp.channel();
        Inbox.consume(channel, queue).next(10);
        channel.close();

        Inbox second = Inbox.consume(amqp.channel(), queue);
        for (int n = 0; n < 10; n++) {
            Delivery delivery = second.next();
            assertThat(Amqp.text(delivery.getBody())).isEqualTo(Integer.toString(n));
            assertThat(delivery.getEnvelope().isRedeliver()).isTrue();
        }
    }

    @Test
    void aBrokenConnectionGivesBackWhatItHeld() throws IOException {
        amqp.publish(queue, "held");
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(
                    1,
                    60,
                    70,
                    new RawAmqp.Arguments().uint16(0).shortString(queue).octet(0));
            raw.expect(60, 71);
        }
        Amqp.eventually(() -> amqp.ready(queue) == 1);
        assertThat(amqp.channel().basicGet(queue, true).getEnvelope().isRedeliver())
                .isTrue();
    }

    @Test
    void recoverBringsEverythingUnsettledAgain() throws IOException {
        amqp.publish(queue, numbered(3));
        Channel channel = amqp.channel();
        Inbox inbox = Inbox.consume(channel, queue);
        inbox.next(3);
        channel.basicRecover(true);

        assertThat(inbox.next(3)).containsExactly(numbered(3));
    }

    @Test
    void whatIsRejectedWithoutRequeueIsGone() throws IOException {
        amqp.publish(queue, numbered(2));
        Channel channel = amqp.channel();
        channel.basicReject(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false);
        channel.basicNack(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false, false);
        amqp.disconnect();

        assertThat(amqp.drain(queue)).isEmpty();
    }

    @Test
    void whatIsNackedMayWaitWhereWhatIsRejectedDoesNot() throws IOException {
        String slow = delayed("returned", 3_600_000);
        amqp.publish(slow, "a", "b");
        Channel channel = amqp.channel();
        channel.basicReject(channel.basicGet(slow, false).getEnvelope().getDeliveryTag(), true);
        GetResponse again = channel.basicGet(slow, false);
        assertThat(Amqp.text(again.getBody())).isEqualTo("a");
        channel.basicNack(again.getEnvelope().getDeliveryTag(), false, true);
        assertThat(Amqp.text(channel.basicGet(slow, false).getBody())).isEqualTo("b");
        assertThat(channel.basicGet(slow, false)).isNull();
    }

    @Test
    void whatWaitsForItsRetryComesAgainCounted() throws IOException {
        String quick = delayed("all", 5);
        amqp.publish(quick, "a");
        Channel channel = amqp.channel();
        Inbox inbox = Inbox.consume(channel, quick);
        channel.basicReject(tag(inbox.next()), true);
        channel.basicNack(tag(inbox.next()), false, true);
        assertThat(inbox.next().getProperties().getHeaders()).containsEntry("x-delivery-count", 2L);
    }

    private String delayed(String type, int millis) throws IOException {
        return amqp.queue(
                true, Map.of("x-queue-type", "quorum", "x-delayed-retry-type", type, "x-delayed-retry-min", millis));
    }

    @Test
    void automaticAckSettlesAtDelivery() throws IOException {
        amqp.publish(queue, numbered(100));
        Channel channel = amqp.channel();
        Inbox inbox = new Inbox();
        channel.basicQos(1);
        channel.basicConsume(queue, true, (tag, delivery) -> inbox.deliveries.add(delivery), tag -> {});

        assertThat(inbox.next(100)).containsExactly(numbered(100));
        amqp.disconnect();
        assertThat(amqp.drain(queue)).isEmpty();
    }

    @Test
    void oneAckOfManySettlesGetsAndDeliveriesAlike() throws IOException {
        amqp.publish(queue, numbered(4));
        Channel channel = amqp.channel();
        channel.basicGet(queue, false);
        channel.basicGet(queue, false);
        Inbox inbox = Inbox.consume(channel, queue);
        inbox.next();
        channel.basicAck(tag(inbox.next()), true);
        amqp.disconnect();

        assertThat(amqp.drain(queue)).isEmpty();
    }

    @Test
    void theServerNamesAConsumer() throws IOException {
        Channel channel = amqp.channel();
        String tag = channel.basicConsume(queue, new DefaultConsumer(channel));

        assertThat(tag).startsWith("amq.ctag-").hasSize("amq.ctag-".length() + 22);
        assertThat(channel.queueDeclarePassive(queue).getConsumerCount()).isEqualTo(1);
        channel.basicCancel(tag);
        assertThat(channel.queueDeclarePassive(queue).getConsumerCount()).isZero();
    }

    @Test
    void aCancelledConsumerKeepsWhatItHolds() throws IOException {
        amqp.publish(queue, numbered(2));
        Channel channel = amqp.channel();
        channel.basicQos(1);
        Inbox inbox = new Inbox();
        String tag = channel.basicConsume(queue, false, (t, delivery) -> inbox.deliveries.add(delivery), t -> {});
        Delivery held = inbox.next();
        channel.basicCancel(tag);

        assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isEqualTo(1);
        channel.basicAck(tag(held), false);
        assertThat(amqp.drain(queue)).containsExactly("1");
    }

    @Test
    void deletingAQueueTellsItsConsumers() throws Exception {
        Channel channel = amqp.channel();
        CompletableFuture<String> cancelled = new CompletableFuture<>();
        String tag = channel.basicConsume(queue, false, (t, delivery) -> {}, cancelled::complete);
        amqp.onChannel(other -> other.queueDelete(queue));

        assertThat(cancelled.get(10, TimeUnit.SECONDS)).isEqualTo(tag);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void anExclusiveConsumerLeavesRoomWhenItEnds() throws IOException {
        Channel first = amqp.channel();
        String tag = first.basicConsume(queue, false, "", false, true, null, new DefaultConsumer(first));
        first.basicCancel(tag);
        Channel second = amqp.channel();
        second.basicConsume(queue, false, "", false, true, null, new DefaultConsumer(second));

        assertThat(second.queueDeclarePassive(queue).getConsumerCount()).isEqualTo(1);
    }

    @Test
    void manyChannelsOfOneConnectionWorkSideBySide() throws Exception {
        Connection connection = amqp.connect();
        List<Channel> channels = new ArrayList<>();
        for (int n = 0; n < 200; n++) {
            Channel channel = connection.createChannel();
            String own = channel.queueDeclare().getQueue();
            Inbox inbox = Inbox.consume(channel, own);
            channel.basicPublish("", own, null, Amqp.bytes(own));
            assertThat(inbox.next(1)).containsExactly(own);
            channels.add(channel);
        }
        int number = channels.get(100).getChannelNumber();
        channels.get(100).close();
        assertThat(connection.createChannel(number).queueDeclarePassive(queue).getMessageCount())
                .isZero();
    }
}

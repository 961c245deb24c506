package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What limits all consumers of a channel together: `basic.qos` with global, and `channel.flow`.
class ChannelCreditTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    private final BlockingQueue<Delivery> inbox = new LinkedBlockingQueue<>();

    private String queueOf(int messages) throws IOException {
        String queue = amqp.queue();
        String[] bodies = new String[messages];
        for (int n = 0; n < messages; n++) {
            bodies[n] = queue + " " + n;
        }
        amqp.publish(queue, bodies);
        return queue;
    }

    private void consume(Channel channel, String queue, boolean autoAck) throws IOException {
        channel.basicConsume(queue, autoAck, (tag, delivery) -> inbox.add(delivery), tag -> {});
    }

    private Delivery next() throws InterruptedException {
        Delivery delivery = inbox.poll(Amqp.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return delivery;
    }

    private static long tag(Delivery delivery) {
        return delivery.getEnvelope().getDeliveryTag();
    }

    /// The answer of a method comes behind everything delivered before it.
    private void nothingMoreComes(Channel channel) throws IOException {
        channel.exchangeDeclarePassive("amq.direct");
        assertThat(inbox).isEmpty();
    }

    @Test
    void aGlobalPrefetchIsSharedByTheConsumersOfAChannel() throws Exception {
        Channel channel = amqp.channel();
        channel.basicQos(3, true);
        consume(channel, queueOf(10), false);
        consume(channel, queueOf(10), false);
        List<Delivery> held = new ArrayList<>(List.of(next(), next(), next()));
        nothingMoreComes(channel);

        channel.basicAck(tag(held.get(0)), false);
        channel.basicAck(tag(held.get(1)), false);
        next();
        next();
        nothingMoreComes(channel);
    }

    @Test
    void aGlobalPrefetchCountsAtOnceForConsumersThatAreThere() throws Exception {
        assumeTrue(BrokerUnderTest.isPosthorn(), "RabbitMQ may deliver on while it changes its limit");
        Channel channel = amqp.channel();
        channel.basicQos(1, true);
        String queue = queueOf(10);
        consume(channel, queue, false);
        next();
        nothingMoreComes(channel);

        channel.basicQos(4, true);
        next();
        next();
        Delivery last = next();
        nothingMoreComes(channel);

        channel.basicQos(2, true);
        channel.basicAck(tag(last), true);
        next();
        next();
        nothingMoreComes(channel);

        channel.basicQos(0, true);
        for (int n = 0; n < 4; n++) {
            next();
        }
    }

    @Test
    void bothLimitsHoldTogether() throws Exception {
        Channel channel = amqp.channel();
        channel.basicQos(2, false);
        channel.basicQos(3, true);
        consume(channel, queueOf(10), false);
        next();
        next();
        nothingMoreComes(channel);
        consume(channel, queueOf(10), false);
        next();
        nothingMoreComes(channel);
    }

    @Test
    void aPrefetchForEachConsumerEndsTheSharedOne() throws Exception {
        Channel channel = amqp.channel();
        channel.basicQos(1, true);
        consume(channel, queueOf(3), false);
        next();
        nothingMoreComes(channel);
        channel.basicQos(1, false);
        next();
        next();
    }

    @Test
    void getsAreNotLimitedAndDoNotCount() throws Exception {
        Channel channel = amqp.channel();
        channel.basicQos(1, true);
        String queue = queueOf(4);
        consume(channel, queue, false);
        Delivery first = next();
        assertThat(channel.basicGet(queue, false)).isNotNull();
        assertThat(channel.basicGet(queue, false)).isNotNull();

        channel.basicAck(tag(first), false);
        next();
    }

    @Test
    void aConsumerThatNeedsNoAckTakesNoCreditButWaitsForIt() throws Exception {
        Channel channel = amqp.channel();
        channel.basicQos(1, true);
        consume(channel, queueOf(1), false);
        Delivery held = next();
        consume(channel, queueOf(5), true);
        nothingMoreComes(channel);

        channel.basicAck(tag(held), false);
        for (int n = 0; n < 5; n++) {
            next();
        }
    }

    @Test
    void noQueueOfTheChannelIsLeftBehind() throws Exception {
        Channel channel = amqp.channel();
        channel.basicQos(1, true);
        List<String> queues = List.of(queueOf(30), queueOf(30), queueOf(30));
        for (String queue : queues) {
            consume(channel, queue, false);
        }
        for (int n = 0; n < 30; n++) {
            channel.basicAck(tag(next()), false);
        }
        for (String queue : queues) {
            assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isLessThan(30);
        }
    }

    @Test
    void aDeletedQueueDoesNotKeepTheCredit() throws Exception {
        Channel channel = amqp.channel();
        channel.basicQos(1, true);
        String doomed = queueOf(1);
        consume(channel, doomed, false);
        Delivery held = next();
        consume(channel, queueOf(1), false);
        channel.queueDelete(doomed);
        nothingMoreComes(channel);

        channel.basicAck(tag(held), false);
        next();
    }

    @Test
    void flowStopsDeliveriesUntilItIsSwitchedOnAgain() throws Exception {
        assumeTrue(BrokerUnderTest.isPosthorn(), "RabbitMQ answers 540");
        Channel channel = amqp.channel();
        String queue = queueOf(0);
        consume(channel, queue, true);
        amqp.publish(queue, "before");
        assertThat(Amqp.text(next().getBody())).isEqualTo("before");

        assertThat(flow(channel, false)).isFalse();
        amqp.publish(queue, "1", "2");
        String other = queueOf(1);
        consume(channel, other, true);
        nothingMoreComes(channel);
        assertThat(channel.basicGet(queue, true)).as("asked for by name").isNotNull();

        assertThat(flow(channel, true)).isTrue();
        List<String> after = List.of(Amqp.text(next().getBody()), Amqp.text(next().getBody()));
        assertThat(after).containsExactlyInAnyOrder("2", other + " 0");
    }

    private static boolean flow(Channel channel, boolean active) throws IOException, ShutdownSignalException {
        var method = new AMQP.Channel.Flow.Builder().active(active).build();
        return ((AMQP.Channel.FlowOk) channel.rpc(method).getMethod()).getActive();
    }
}

package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which deliveries an ack, a nack or a reject is about.
class AcknowledgementsTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    private String queue = "";

    @SuppressWarnings("NullAway.Init")
    private Channel channel;

    @BeforeEach
    void openChannel() throws IOException {
        queue = amqp.queue();
        channel = amqp.channel();
    }

    /// Takes messages 0 to `count` - 1, whose tags are one more.
    private void take(int count) throws IOException {
        String[] bodies = new String[count];
        for (int n = 0; n < count; n++) {
            bodies[n] = Integer.toString(n);
        }
        amqp.publish(queue, bodies);
        for (int n = 0; n < count; n++) {
            assertThat(channel.basicGet(queue, false).getEnvelope().getDeliveryTag())
                    .isEqualTo(n + 1);
        }
    }

    /// What was not settled comes back when the channel ends.
    private List<String> unsettled() throws IOException {
        assertThat(amqp.ready(queue)).isZero();
        channel.abort();
        Amqp.eventually(() -> !channel.isOpen());
        return amqp.drain(queue);
    }

    private void isRefused(int classId, int methodId, long tag) {
        Amqp.eventually(() -> !channel.isOpen());
        assertThat(channel.getCloseReason().getReason()).isInstanceOfSatisfying(AMQP.Channel.Close.class, close -> {
            assertThat(close.getReplyCode()).isEqualTo(406);
            assertThat(close.getReplyText()).isEqualTo("PRECONDITION_FAILED - unknown delivery tag " + tag);
            assertThat(close.getClassId()).isEqualTo(classId);
            assertThat(close.getMethodId()).isEqualTo(methodId);
        });
    }

    @Test
    void oneIsAboutItsTagOnly() throws IOException {
        take(4);
        channel.basicAck(3, false);
        channel.basicAck(1, false);
        channel.basicQos(0);
        assertThat(unsettled()).containsExactly("1", "3");
    }

    @Test
    void multipleIsAboutEverythingUpToItsTagThatIsUnsettled() throws IOException {
        take(6);
        channel.basicAck(2, false);
        channel.basicAck(4, true);
        channel.basicQos(0);
        assertThat(unsettled()).containsExactly("4", "5");
    }

    @Test
    void multipleWithTagZeroIsAboutEverythingAndThatMayBeNothing() throws IOException {
        channel.basicAck(0, true);
        channel.basicNack(0, true, true);
        take(3);
        channel.basicAck(0, true);
        channel.basicAck(0, true);
        channel.basicQos(0);
        assertThat(unsettled()).isEmpty();
    }

    @Test
    void multipleNackRequeuesInOrder() throws IOException {
        take(4);
        channel.basicNack(3, true, true);
        List<String> again = new ArrayList<>();
        for (GetResponse got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
            assertThat(got.getEnvelope().isRedeliver()).isTrue();
            again.add(Amqp.text(got.getBody()));
        }
        assertThat(again).containsExactly("0", "1", "2");
    }

    @Test
    void aTagSettledByAMultipleOneIsUnknown() throws IOException {
        take(3);
        channel.basicAck(2, true);
        channel.basicAck(1, false);
        isRefused(60, 80, 1);
        Amqp.eventually(() -> amqp.ready(queue) == 1);
    }

    @Test
    void multipleOfASettledTagIsUnknownTooAndSettlesNothing() throws IOException {
        take(3);
        channel.basicAck(2, false);
        channel.basicNack(2, true, false);
        isRefused(60, 120, 2);
        Amqp.eventually(() -> amqp.ready(queue) == 2);
    }

    @Test
    void multipleOfATagThatWasNeverGivenIsUnknown() throws IOException {
        take(2);
        channel.basicAck(3, true);
        isRefused(60, 80, 3);
        Amqp.eventually(() -> amqp.ready(queue) == 2);
    }

    @Test
    void whatWasSettledByItsDeliveryHasNoTag() throws IOException {
        amqp.publish(queue, "0");
        channel.basicGet(queue, true);
        channel.basicReject(1, false);
        isRefused(60, 90, 1);
    }

    @Test
    void theTagsOfAnotherChannelAreUnknown() throws Exception {
        take(1);
        Channel other = channel.getConnection().createChannel();
        other.basicAck(1, false);
        Amqp.eventually(() -> !other.isOpen());
        assertThat(channel.isOpen()).isTrue();
        channel.basicAck(1, false);
        channel.basicQos(0);
        assertThat(unsettled()).isEmpty();
    }

    @Test
    void oneTagCountsOverAllConsumersAndGets() throws Exception {
        String second = amqp.queue();
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.basicConsume(second, false, (tag, delivery) -> deliveries.add(delivery), tag -> {});
        amqp.publish(second, "a");
        deliveries.poll(Amqp.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        amqp.publish(queue, "0");
        assertThat(channel.basicGet(queue, false).getEnvelope().getDeliveryTag())
                .isEqualTo(2);
        amqp.publish(second, "b");
        Delivery last = deliveries.poll(Amqp.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(last.getEnvelope().getDeliveryTag()).isEqualTo(3);

        channel.basicAck(3, true);
        channel.basicQos(0);
        assertThat(unsettled()).isEmpty();
        assertThat(amqp.ready(second)).isZero();
    }

    @Test
    void whatIsHeldOfADeletedQueueCanBeSettled() throws IOException {
        take(2);
        channel.queueDelete(queue);
        channel.basicAck(1, false);
        channel.basicNack(2, false, true);
        channel.basicQos(0);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aCancelledConsumersDeliveriesCanBeSettled() throws Exception {
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.basicQos(2);
        String tag = channel.basicConsume(queue, false, (_, delivery) -> deliveries.add(delivery), _ -> {});
        amqp.publish(queue, "0", "1", "2");
        deliveries.poll(Amqp.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Delivery second = deliveries.poll(Amqp.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        channel.basicCancel(tag);
        channel.basicAck(second.getEnvelope().getDeliveryTag(), true);
        channel.basicQos(0);
        assertThat(amqp.ready(queue)).isEqualTo(1);
        assertThat(deliveries).isEmpty();
    }

    @Test
    void recoverAsyncRequeuesWithoutAnAnswer() throws IOException {
        take(2);
        channel.asyncRpc(new AMQP.Basic.RecoverAsync.Builder().requeue(true).build());
        GetResponse again = channel.basicGet(queue, true);
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
        assertThat(again.getEnvelope().getDeliveryTag()).isEqualTo(3);
        assertThat(amqp.ready(queue)).isEqualTo(1);
    }
}

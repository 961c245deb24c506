package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// In which order messages come, and what becomes of them when there are too many.
class OrderAndLengthTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @Test
    void theHighestPriorityComesFirstAndAmongEqualsTheOldest() throws IOException {
        String queue = amqp.queue(true, Map.of("x-max-priority", 10));
        Channel channel = amqp.channel();
        publish(channel, queue, "a", 1);
        publish(channel, queue, "b", 200);
        publish(channel, queue, "c", 10);
        publish(channel, queue, "d", null);
        publish(channel, queue, "e", 1);
        Amqp.eventually(() -> amqp.ready(queue) == 5);
        assertThat(amqp.drain(queue)).containsExactly("b", "c", "a", "e", "d");
    }

    @Test
    void whatComesBackGoesToItsPlaceWithinItsPriority() throws IOException {
        String queue = amqp.queue(true, Map.of("x-max-priority", 3));
        Channel channel = amqp.channel();
        publish(channel, queue, "low", 0);
        publish(channel, queue, "first", 2);
        publish(channel, queue, "second", 2);
        Amqp.eventually(() -> amqp.ready(queue) == 3);
        GetResponse first = channel.basicGet(queue, false);
        assertThat(Amqp.text(first.getBody())).isEqualTo("first");
        publish(channel, queue, "highest", 3);
        Amqp.eventually(() -> amqp.ready(queue) == 3);
        channel.basicNack(first.getEnvelope().getDeliveryTag(), false, true);
        Amqp.eventually(() -> amqp.ready(queue) == 4);
        assertThat(amqp.drain(queue)).containsExactly("highest", "first", "second", "low");
    }

    @Test
    void theNewestComesFirstWhereThatWasDeclared() throws IOException {
        Assumptions.assumeTrue(BrokerUnderTest.isPosthorn());
        String queue = amqp.queue(true, Map.of("x-delivery-order", "lifo"));
        amqp.publish(queue, "a", "b", "c");
        assertThat(amqp.drain(queue)).containsExactly("c", "b", "a");
    }

    @Test
    void theOldestAreDroppedAndDeadLettered() throws IOException {
        String grave = amqp.queue();
        String queue = amqp.queue(
                true, Map.of("x-max-length", 2, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", grave));
        amqp.publish(queue, "a", "b", "c", "d");
        Amqp.eventually(() -> amqp.ready(grave) == 2);
        assertThat(amqp.drain(queue)).containsExactly("c", "d");
        Channel channel = amqp.channel();
        GetResponse dead = channel.basicGet(grave, true);
        assertThat(Amqp.text(dead.getBody())).isEqualTo("a");
        assertThat(dead.getProps().getHeaders().get("x-first-death-reason")).hasToString("maxlen");
        assertThat(amqp.drain(grave)).containsExactly("b");
    }

    @Test
    void bodiesCountWhereBytesAreLimited() throws IOException {
        String queue = amqp.queue(true, Map.of("x-max-length-bytes", 10));
        amqp.publish(queue, "12345", "12345", "123");
        assertThat(amqp.drain(queue)).containsExactly("12345", "123");
    }

    @Test
    void whatIsHeldDoesNotCount() throws IOException {
        String queue = amqp.queue(true, Map.of("x-max-length", 1));
        Channel channel = amqp.channel();
        amqp.publish(queue, "held");
        GetResponse held = channel.basicGet(queue, false);
        amqp.publish(queue, "ready");
        assertThat(amqp.ready(queue)).isEqualTo(1);
        channel.basicReject(held.getEnvelope().getDeliveryTag(), true);
        Amqp.eventually(() -> amqp.ready(queue) == 1);
        assertThat(amqp.drain(queue)).containsExactly("ready");
    }

    @Test
    void eachMessageTooManyIsRefusedForItself() throws IOException {
        String queue = amqp.queue(true, Map.of("x-max-length", 3, "x-overflow", "reject-publish"));
        assertThat(answers(queue, "amq.direct", 6)).isEqualTo("+++---");
        assertThat(amqp.drain(queue)).containsExactly("0", "1", "2");
    }

    @Test
    void oneOfSeveralQueuesThatRefusesIsEnough() throws IOException {
        String full = amqp.queue(true, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        String other = amqp.queue();
        amqp.channel().queueBind(other, "amq.direct", full);
        assertThat(answers(full, "amq.direct", 3)).isEqualTo("+--");
        assertThat(amqp.drain(full)).containsExactly("0");
        assertThat(amqp.drain(other)).containsExactly("0", "1", "2");
    }

    @Test
    void whatIsRefusedCanBeDeadLettered() throws IOException {
        String grave = amqp.queue();
        String queue = amqp.queue(
                true,
                Map.of(
                        "x-max-length",
                        1,
                        "x-overflow",
                        "reject-publish-dlx",
                        "x-dead-letter-exchange",
                        "",
                        "x-dead-letter-routing-key",
                        grave));
        assertThat(answers(queue, "amq.direct", 3)).isEqualTo("+--");
        Amqp.eventually(() -> amqp.ready(grave) == 2);
        assertThat(amqp.drain(grave)).containsExactly("1", "2");
        assertThat(amqp.drain(queue)).containsExactly("0");
    }

    private static void publish(Channel channel, String queue, String body, @Nullable Integer priority)
            throws IOException {
        var properties = new AMQP.BasicProperties.Builder()
                .deliveryMode(2)
                .priority(priority)
                .build();
        channel.basicPublish("", queue, properties, Amqp.bytes(body));
    }

    /// Publishes 0, 1, 2, ... with the queue's name as the key, without waiting, and tells for each whether it was
    /// acknowledged.
    private String answers(String queue, String exchange, int count) throws IOException {
        Channel channel = amqp.channel();
        channel.queueBind(queue, exchange, queue);
        channel.confirmSelect();
        var answers = new ConcurrentHashMap<Long, String>();
        channel.addConfirmListener(
                (tag, multiple) -> answer(answers, tag, multiple, "+"),
                (tag, multiple) -> answer(answers, tag, multiple, "-"));
        for (int i = 0; i < count; i++) {
            channel.basicPublish(exchange, queue, Amqp.persistent(), Amqp.bytes("" + i));
        }
        Amqp.eventually(() -> answers.size() == count);
        return String.join("", List.copyOf(new TreeMap<>(answers).values()));
    }

    private static void answer(Map<Long, String> answers, long tag, boolean multiple, String answer) {
        answers.putIfAbsent(tag, answer);
        for (long before = tag - 1; multiple && before > 0; before--) {
            answers.putIfAbsent(before, answer);
        }
    }
}

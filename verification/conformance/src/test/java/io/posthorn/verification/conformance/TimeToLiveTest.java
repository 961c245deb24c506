package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Messages that live for some time only.
class TimeToLiveTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @Test
    void aMessageLeavesAQueueThatNobodyReads() throws IOException {
        String queue = amqp.queue(true, Map.of("x-message-ttl", 50));
        amqp.publish(queue, "a", "b", "c");
        Amqp.eventually(() -> amqp.ready(queue) == 0);
    }

    @Test
    void anExpirationActsAtTheHeadOfTheQueue() throws IOException {
        String queue = amqp.queue();
        Channel channel = amqp.channel();
        channel.confirmSelect();
        channel.basicPublish("", queue, null, Amqp.bytes("stays"));
        channel.basicPublish("", queue, expiration("1"), Amqp.bytes("behind"));
        Amqp.confirmed(channel);
        assertThat(channel.basicGet(queue, true).getBody()).isEqualTo(Amqp.bytes("stays"));
        Amqp.eventually(() -> amqp.ready(queue) == 0);
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void zeroIsAtOnceOrNever() throws IOException {
        for (boolean own : List.of(true, false)) {
            String queue = amqp.queue(false, own ? Map.of() : Map.of("x-message-ttl", 0));
            AMQP.BasicProperties properties = own ? expiration("0") : null;
            Channel channel = amqp.channel();
            channel.basicPublish("", queue, properties, Amqp.bytes("nobody is there"));
            assertThat(channel.basicGet(queue, true)).isNull();
            List<String> taken = Collections.synchronizedList(new ArrayList<>());
            channel.basicConsume(queue, true, (_, delivery) -> taken.add(Amqp.text(delivery.getBody())), _ -> {});
            channel.basicPublish("", queue, properties, Amqp.bytes("taken"));
            Amqp.eventually(() -> !taken.isEmpty());
            assertThat(taken).containsExactly("taken");
        }
    }

    @Test
    void whatComesBackTooLateIsNotDeliveredAgain() throws Exception {
        String queue = amqp.queue(true, Map.of("x-message-ttl", 100));
        Channel channel = amqp.channel();
        channel.basicPublish("", queue, null, Amqp.bytes("m"));
        var held = DeadLettersTest.await(channel, queue);
        String over = amqp.queue(true, Map.of());
        String longer = amqp.queue(
                true, Map.of("x-message-ttl", 150, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", over));
        channel.basicPublish("", longer, null, Amqp.bytes("what came later and lives longer is over"));
        DeadLettersTest.await(channel, over);
        channel.basicReject(held.getEnvelope().getDeliveryTag(), true);
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    private static AMQP.BasicProperties expiration(String milliseconds) {
        return new AMQP.BasicProperties.Builder().expiration(milliseconds).build();
    }
}

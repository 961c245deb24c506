package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// A queue that is deleted and declared again while others publish to it and consume from it.
class DeletedUnderLoadTest {
    private static final int PUBLISHERS = 3;
    private static final int CONSUMERS = 3;
    private static final int ROUNDS = 12;
    private static final int IN_FLIGHT = 200;

    @AutoClose
    private final Amqp amqp = new Amqp();

    private final String queue = Amqp.name("deleted");
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void publishersAreConfirmedAndConsumersTold() throws Exception {
        List<CompletableFuture<Integer>> publishers = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            Channel channel = amqp.channel();
            publishers.add(CompletableFuture.supplyAsync(
                    () -> publish(channel), task -> Thread.ofPlatform().start(task)));
        }
        List<Connection> consumers = new ArrayList<>();
        for (int i = 0; i < CONSUMERS; i++) {
            consumers.add(amqp.connect());
        }
        Channel control = amqp.channel();
        for (int round = 0; round < ROUNDS; round++) {
            control.queueDeclare(queue, round % 2 == 0, false, false, null);
            consumeUntilDeleted(consumers, control);
            assertThat(amqp.exists(queue)).isFalse();
        }
        stop.set(true);
        for (CompletableFuture<Integer> publisher : publishers) {
            assertThat(publisher.get(60, TimeUnit.SECONDS)).isPositive();
        }
        assertThat(control.queueDeclare(queue, true, false, false, null).getMessageCount())
                .isZero();
        control.queueDelete(queue);
    }

    private void consumeUntilDeleted(List<Connection> connections, Channel control) throws Exception {
        AtomicInteger delivered = new AtomicInteger();
        List<CompletableFuture<String>> cancelled = new ArrayList<>();
        for (Connection connection : connections) {
            Channel channel = connection.createChannel();
            channel.basicQos(50);
            CompletableFuture<String> told = new CompletableFuture<>();
            cancelled.add(told);
            channel.basicConsume(
                    queue,
                    false,
                    (tag, delivery) -> {
                        delivered.incrementAndGet();
                        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                    },
                    told::complete);
        }
        Amqp.eventually(() -> delivered.get() > 300);
        control.queueDelete(queue);
        for (CompletableFuture<String> told : cancelled) {
            assertThat(told.get(20, TimeUnit.SECONDS)).isNotEmpty();
        }
    }

    /// Publishes until told to stop. @return how many messages were confirmed
    private int publish(Channel channel) {
        try {
            channel.confirmSelect();
            int published = 0;
            while (!stop.get()) {
                for (int i = 0; i < IN_FLIGHT; i++) {
                    channel.basicPublish("", queue, Amqp.persistent(), Amqp.bytes("message " + published++));
                }
                Amqp.confirmed(channel);
            }
            return published;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

package io.posthorn.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Where delayed messages wait, whatever others make and delete meanwhile. On whatever broker.
public abstract class DelayContract {
    private final String name = "delay-" + UUID.randomUUID();
    private final BlockingQueue<String> came = new LinkedBlockingQueue<>();
    private Link link;

    protected DelayContract() {}

    /// To one broker in the whole of a test.
    protected abstract Link link();

    @BeforeEach
    void open() {
        link = link();
        link.declareQueue(name, QueueOptions.fifo());
    }

    @AfterEach
    void close() {
        link.deleteQueue(name);
        link.close();
    }

    private void publish(Address to, String id) {
        var content = new Content(id, null, null, 0, Map.of(), new byte[0]);
        var soon = new Outgoing(to, content, Handling.after(Duration.ofMillis(1)));
        link.publish(List.of(soon)).toCompletableFuture().join();
    }

    private void take() {
        link.consume(name, 1, incoming -> {
            came.add(incoming.id());
            incoming.settlement().settle(Incoming.Outcome.ACK);
        });
    }

    @Test
    void aQueueAndAnExchangeMayHaveOneName() throws InterruptedException {
        link.declareTopicExchange(name);
        link.bind(name, name, "#");
        publish(new Address(name, "key", List.of(), true), "by the exchange");
        publish(Address.queue(name), "to the queue");
        take();

        assertThat(List.of(came.take(), came.take())).containsExactlyInAnyOrder("by the exchange", "to the queue");
    }

    @Test
    void aQueueThatSomebodyHasDeletedGetsThemWhenItIsDeclaredAgain() throws InterruptedException {
        publish(Address.queue(name), "before");
        try (Link another = link()) {
            another.deleteQueue(name);
        }
        link.declareQueue(name, QueueOptions.fifo());
        publish(Address.queue(name), "behind");
        take();

        String first = came.take(); // what waited may be for the next of that name, too
        assertThat(first.equals("before") ? came.take() : first).isEqualTo("behind");
    }
}

package io.posthorn.verification.conformance.crash;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Publishes with confirms, consumes with acks and declares, until the broker is gone; writes down what it saw.
///
/// Usage: `Load URL HISTORY CYCLE CONFIRMS`. Prints `enough` when so many messages are confirmed.
public final class Load {
    static final String ENOUGH = "enough";

    private static final int UNCONFIRMED = 200;
    private static final int PREFETCH = 300;

    private final ConnectionFactory factory;
    private final History history;
    private final int cycle;

    /// How many confirms are to come yet.
    private final AtomicInteger awaited;

    private Load(ConnectionFactory factory, History history, int cycle, int confirms) {
        this.factory = factory;
        this.history = history;
        this.cycle = cycle;
        this.awaited = new AtomicInteger(confirms);
    }

    public static void main(String[] args) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(args[0]);
        factory.setAutomaticRecoveryEnabled(false);
        try (History history = new History(Path.of(args[1]))) {
            new Load(factory, history, Integer.parseInt(args[2]), Integer.parseInt(args[3])).run();
        }
    }

    private void run() throws Exception {
        List<Connection> connections = new ArrayList<>();
        connections.add(factory.newConnection());
        Topology.declare(connections.getFirst().createChannel());

        connections.add(consume("c1", Topology.SOLO));
        connections.add(consume("c2", Topology.SHARED));
        connections.add(consume("c3", Topology.SHARED));
        List<Thread> threads = new ArrayList<>();
        for (Topology.Publisher publisher : Topology.PUBLISHERS) {
            Connection connection = factory.newConnection();
            connections.add(connection);
            threads.add(Thread.ofPlatform().start(() -> untilBroken(() -> publish(connection, publisher))));
        }
        threads.add(Thread.ofPlatform().start(() -> untilBroken(() -> declare(connections.getFirst()))));
        for (Thread thread : threads) {
            thread.join();
        }
        // Deliveries that were read before the end still count; abort waits for the threads that handle them.
        connections.forEach(Connection::abort);
    }

    /// Work that ends when the broker does.
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void untilBroken(Work work) {
        try {
            work.run();
        } catch (IOException | AlreadyClosedException | InterruptedException broken) {
            System.out.println("ended: " + broken);
        }
    }

    private void publish(Connection connection, Topology.Publisher publisher) throws IOException, InterruptedException {
        Channel channel = connection.createChannel();
        Semaphore window = new Semaphore(UNCONFIRMED);
        ConcurrentSkipListSet<Long> unconfirmed = new ConcurrentSkipListSet<>();
        long first = cycle * 1_000_000L;
        channel.confirmSelect();
        channel.addConfirmListener(
                (tag, multiple) -> {
                    for (Long confirmed : List.copyOf(multiple ? unconfirmed.headSet(tag, true) : List.of(tag))) {
                        unconfirmed.remove(confirmed);
                        history.add(new Event.Confirmed(publisher.name(), first + confirmed));
                        window.release();
                        if (awaited.decrementAndGet() == 0) {
                            System.out.println(ENOUGH);
                        }
                    }
                },
                (tag, multiple) -> connection.abort());
        connection.addShutdownListener(cause -> window.release(UNCONFIRMED));
        while (connection.isOpen()) {
            window.acquire();
            long tag = channel.getNextPublishSeqNo();
            unconfirmed.add(tag);
            history.add(new Event.Attempted(publisher.name(), first + tag));
            channel.basicPublish(
                    publisher.exchange(),
                    publisher.routingKey(),
                    MessageProperties.MINIMAL_PERSISTENT_BASIC,
                    new Payload(publisher.name(), first + tag).encode());
        }
    }

    private Connection consume(String name, String queue) throws Exception {
        Connection connection = factory.newConnection();
        Channel channel = connection.createChannel();
        channel.basicQos(PREFETCH);
        channel.basicConsume(queue, false, (tag, delivery) -> received(channel, name, queue, delivery), tag -> {});
        return connection;
    }

    private void received(Channel channel, String consumer, String queue, Delivery delivery) {
        Optional<Payload> payload = Payload.decode(delivery.getBody());
        if (payload.isEmpty()) {
            history.add(new Event.Damaged(queue, delivery.getBody().length + "-octets"));
            return;
        }
        String publisher = payload.get().publisher();
        long sequence = payload.get().sequence();
        boolean redelivered = delivery.getEnvelope().isRedeliver();
        history.add(new Event.Delivered(consumer, queue, publisher, sequence, redelivered));
        // Now and then one is kept for the next cycle, so that there is always something unsettled to recover.
        if (sequence % 200 == 0 && !redelivered) {
            return;
        }
        history.add(new Event.Settling(queue, publisher, sequence));
        try {
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        } catch (IOException | AlreadyClosedException broken) {
            // Then it may come again, flagged.
        }
    }

    /// Declares queues that stay and queues that are deleted again.
    private void declare(Connection connection) throws IOException, InterruptedException {
        Channel channel = connection.createChannel();
        CountDownLatch closed = new CountDownLatch(1);
        connection.addShutdownListener((ShutdownSignalException cause) -> closed.countDown());
        for (int n = 0; !closed.await(20, TimeUnit.MILLISECONDS); n++) {
            String name = "crash-declared-" + cycle + "-" + n;
            history.add(new Event.Declaring(name));
            channel.queueDeclare(name, true, false, false, null);
            channel.queueBind(name, "amq.direct", name);
            history.add(new Event.Declared(name));
            if (n % 3 == 0) {
                history.add(new Event.Deleting(name));
                channel.queueDelete(name);
                history.add(new Event.Deleted(name));
            }
        }
    }
}

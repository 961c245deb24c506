package io.posthorn.verification.conformance;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// What one test does over AMQP: its connections, and the queues it declares, which end with it.
public final class Amqp implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final String RUN = Long.toHexString(System.nanoTime());

    private final List<Connection> connections = new ArrayList<>();
    private final List<String> queues = new ArrayList<>();

    static ConnectionFactory factory() {
        try {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(BrokerUnderTest.url().toString());
            factory.setAutomaticRecoveryEnabled(false);
            factory.setExceptionHandler(new DefaultExceptionHandler());
            return factory;
        } catch (java.net.URISyntaxException | GeneralSecurityException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /// A name that nothing else uses, on this broker, ever.
    static String name(String what) {
        return what + "-" + RUN + "-" + NAMES.incrementAndGet();
    }

    Connection connect() throws IOException {
        return connect(factory());
    }

    Connection connect(ConnectionFactory factory) throws IOException {
        try {
            Connection connection = factory.newConnection();
            connections.add(connection);
            return connection;
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }

    /// A channel on a connection of its own.
    Channel channel() throws IOException {
        return connect().createChannel();
    }

    /// A durable queue that is deleted when the test ends.
    String queue() throws IOException {
        return queue(true, Map.of());
    }

    String queue(boolean durable, Map<String, Object> arguments) throws IOException {
        String queue = name("queue");
        onChannel(channel -> channel.queueDeclare(queue, durable, false, false, arguments));
        queues.add(queue);
        return queue;
    }

    <T> T onChannel(Work<T> work) throws IOException {
        try (Connection connection = factory().newConnection();
                Channel channel = connection.createChannel()) {
            return work.on(channel);
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }

    /// What one does with a channel.
    interface Work<T> {
        T on(Channel channel) throws IOException;
    }

    /// Publishes persistent messages and waits until all are confirmed.
    void publish(String queue, String... bodies) throws IOException {
        onChannel(channel -> {
            channel.confirmSelect();
            for (String body : bodies) {
                channel.basicPublish("", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, bytes(body));
            }
            return confirmed(channel);
        });
    }

    static boolean confirmed(Channel channel) throws IOException {
        try {
            channel.waitForConfirmsOrDie(PATIENCE.toMillis());
            return true;
        } catch (InterruptedException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    /// The ready messages, taken and settled.
    List<String> drain(String queue) throws IOException {
        return onChannel(channel -> {
            List<String> bodies = new ArrayList<>();
            for (GetResponse got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
                bodies.add(text(got.getBody()));
            }
            return bodies;
        });
    }

    int ready(String queue) throws IOException {
        return onChannel(channel -> channel.queueDeclarePassive(queue).getMessageCount());
    }

    boolean exists(String queue) throws IOException {
        try {
            ready(queue);
            return true;
        } catch (IOException missing) {
            return false;
        }
    }

    /// Waits, a bounded time, for something that the broker does on its own.
    public static void eventually(Callable<Boolean> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("it did not come to pass within " + PATIENCE);
                }
                Thread.sleep(10);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static AMQP.BasicProperties persistent() {
        return MessageProperties.MINIMAL_PERSISTENT_BASIC;
    }

    /// Drops the connections of the test; what they held goes back.
    void disconnect() {
        connections.forEach(connection -> connection.abort(1_000));
        connections.clear();
    }

    @Override
    public void close() {
        disconnect();
        try {
            for (String queue : queues) {
                onChannel(channel -> channel.queueDelete(queue));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

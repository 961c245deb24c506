package io.posthorn.protocol.amqp;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.broker.Broker;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.Listener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;

/// A broker behind a real socket, on one loop.
final class TestServer implements AutoCloseable {
    private final EventLoops loops;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final Listener listener;

    TestServer(Broker broker, AmqpSettings settings) {
        this(broker, settings, EventLoops.start(1));
    }

    TestServer(Broker broker, AmqpSettings settings, EventLoops loops) {
        this.loops = loops;
        try {
            listener = Listener.open(
                    loops,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    new AmqpProtocol(broker, settings, blocking, InstantSource.system()),
                    new ConnectionLimit(100));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return listener.address().getPort();
    }

    Connection connect() throws IOException, TimeoutException {
        return factory().newConnection();
    }

    ConnectionFactory factory() {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port());
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    WirePeer peer() throws IOException {
        return new WirePeer(port());
    }

    /// Runs something on the loop and waits for it.
    void onLoop(Runnable action) {
        CompletableFuture.runAsync(action, loops.loops().getFirst()).join();
    }

    int connections() {
        return listener.connections();
    }

    void stop(String reason) {
        listener.stop(reason, Duration.ofSeconds(5));
    }

    @Override
    public void close() {
        stop("test");
        loops.close();
        blocking.close();
    }
}

package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Recoverable;
import com.rabbitmq.client.RecoveryListener;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java client's automatic recovery of connections and of what was declared on them, over restarts of a server.
class AutomaticRecoveryTest {
    private final BlockingQueue<String> got = new LinkedBlockingQueue<>();

    @TempDir
    Path data;

    private interface Stop {
        void of(PosthornProcess server) throws Exception;
    }

    @Test
    void clientsComeBackAfterAStop() throws Exception {
        comesBackAfter(PosthornProcess::stop);
    }

    @Test
    void clientsComeBackAfterACrash() throws Exception {
        comesBackAfter(PosthornProcess::kill);
    }

    private void comesBackAfter(Stop stop) throws Exception {
        try (PosthornProcess server = PosthornProcess.start(data);
                Connection connection = connect(server)) {
            Channel channel = connection.createChannel();
            declare(channel);
            publish(channel, "", "kept", "held");
            assertThat(next()).isEqualTo("kept: held");

            CompletableFuture<ShutdownSignalException> closed = new CompletableFuture<>();
            CompletableFuture<Boolean> recovered = new CompletableFuture<>();
            connection.addShutdownListener(closed::complete);
            ((Recoverable) connection).addRecoveryListener(completing(recovered));
            stop.of(server);
            closed.get(30, TimeUnit.SECONDS);
            server.restart();
            recovered.get(30, TimeUnit.SECONDS);

            assertThat(next()).isEqualTo("kept: held, again");
            publish(channel, "durable", "to.all", "over two exchanges");
            publish(channel, "durable", "transient.one", "to a transient queue");
            publish(channel, "", "kept", "directly");
            assertThat(List.of(next(), next(), next()))
                    .containsExactlyInAnyOrder(
                            "server-named: over two exchanges", "transient: to a transient queue", "kept: directly");
        }
    }

    /// Of each kind something that outlives a restart, and something that the client has to declare again.
    private void declare(Channel channel) throws IOException {
        channel.basicQos(5);
        channel.confirmSelect();
        String serverNamed = channel.queueDeclare().getQueue();
        channel.queueDeclare("kept", true, false, false, Map.of());
        channel.queueDeclare("transient", false, false, true, Map.of());
        channel.exchangeDeclare("durable", BuiltinExchangeType.TOPIC, true);
        channel.exchangeDeclare("passing", BuiltinExchangeType.FANOUT, false, true, Map.of());
        channel.exchangeBind("passing", "durable", "#.all");
        channel.queueBind(serverNamed, "passing", "");
        channel.queueBind("transient", "durable", "transient.#");
        consume(channel, "server-named", serverNamed);
        consume(channel, "transient", "transient");
        consume(channel, "kept", "kept");
    }

    // Nothing is settled, so that what a consumer held comes again.
    private void consume(Channel channel, String name, String queue) throws IOException {
        channel.basicConsume(
                queue,
                false,
                (_, message) -> got.add(name + ": " + Amqp.text(message.getBody())
                        + (message.getEnvelope().isRedeliver() ? ", again" : "")),
                _ -> got.add(name + " is cancelled"));
    }

    private static void publish(Channel channel, String exchange, String key, String body) throws IOException {
        channel.basicPublish(exchange, key, MessageProperties.MINIMAL_PERSISTENT_BASIC, Amqp.bytes(body));
        Amqp.confirmed(channel);
    }

    private String next() throws InterruptedException {
        return String.valueOf(got.poll(Amqp.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    private static Connection connect(PosthornProcess server) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(server.url().toString());
        factory.setNetworkRecoveryInterval(200);
        factory.setExceptionHandler(new DefaultExceptionHandler());
        return factory.newConnection("comes back");
    }

    private static RecoveryListener completing(CompletableFuture<Boolean> recovered) {
        return new RecoveryListener() {
            @Override
            public void handleRecovery(Recoverable connection) {
                recovered.complete(true);
            }

            @Override
            public void handleRecoveryStarted(Recoverable connection) {}
        };
    }
}

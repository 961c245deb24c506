package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is refused, and exactly how: reply code, text, and the method it answers. In the texts, `{q}` is an existing
/// queue with one message, `{x}` an existing fanout exchange bound to it, `{m}` a name of nothing.
@Execution(ExecutionMode.CONCURRENT)
class ErrorMatrixTest {
    @AutoClose
    final Amqp amqp = new Amqp();

    final String missing = Amqp.name("missing");
    final String exchange = Amqp.name("exchange");
    String queue = "";

    @BeforeEach
    void world() throws IOException {
        queue = amqp.queue();
        amqp.publish(queue, "precious");
        amqp.onChannel(channel -> {
            channel.exchangeDeclare(exchange, BuiltinExchangeType.FANOUT);
            return channel.queueBind(queue, exchange, "");
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void isRefusedAndChangesNothing(Row row) throws Exception {
        Connection connection = amqp.connect();
        Channel channel = connection.createChannel();
        CompletableFuture<ShutdownSignalException> shutdown = new CompletableFuture<>();
        connection.addShutdownListener(shutdown::complete);
        channel.addShutdownListener(shutdown::complete);
        try {
            row.operation().on(channel, this);
        } catch (IOException closed) {
            assertThat(closed).hasCauseInstanceOf(ShutdownSignalException.class);
        }
        Method reason = shutdown.get(20, TimeUnit.SECONDS).getReason();

        assertThat(Refusal.of(reason)).isEqualTo(row.refusal().in(this));
        assertThat(connection.isOpen()).isEqualTo(row.refusal().scope() == Refusal.Scope.CHANNEL);
        if (row.refusal().scope() == Refusal.Scope.CHANNEL) {
            assertThat(connection.createChannel().isOpen()).isTrue();
        }
        amqp.disconnect();
        nothingHasChanged();
    }

    private void nothingHasChanged() throws IOException {
        assertThat(amqp.exists(missing)).isFalse();
        Amqp.eventually(() -> amqp.ready(queue) == 1);
        amqp.onChannel(channel -> {
            channel.exchangeDeclare(exchange, BuiltinExchangeType.FANOUT);
            channel.confirmSelect();
            channel.basicPublish(exchange, "", null, Amqp.bytes("after"));
            return Amqp.confirmed(channel);
        });
        assertThat(amqp.drain(queue)).containsExactly("precious", "after");
    }

    @AfterEach
    void noWorld() throws IOException {
        amqp.onChannel(channel -> channel.exchangeDelete(exchange));
        amqp.onChannel(channel -> channel.exchangeDelete(missing));
    }

    /// An exclusive queue of another connection.
    String lock() throws IOException {
        return amqp.channel()
                .queueDeclare(exchange + "-locked", false, true, false, null)
                .getQueue();
    }

    void declareWith(Channel channel, String argument, Object value) throws IOException {
        channel.queueDeclare(missing, true, false, false, Map.of(argument, value));
    }

    interface Operation {
        void on(Channel channel, ErrorMatrixTest world) throws IOException;
    }

    record Row(String name, Refusal refusal, Operation operation) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> isRefusedAndChangesNothing() {
        return Stream.concat(RefusedNames.rows(), RefusedContents.rows());
    }
}

package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Exchanges that hand each message to one of their bindings: plugins of RabbitMQ, which has to have them enabled to
/// be held to this.
class ChoosingExchangesTest {
    private static final int MESSAGES = 400;

    @AutoClose
    private final Amqp amqp = new Amqp();

    private final String exchange = Amqp.name("choosing");
    private final List<String> queues = new ArrayList<>();

    @BeforeEach
    void declareQueues() throws IOException {
        for (int i = 0; i < 4; i++) {
            queues.add(amqp.queue());
        }
    }

    @AfterEach
    void deleteExchange() throws IOException {
        amqp.onChannel(channel -> channel.exchangeDelete(exchange));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-consistent-hash", "x-modulus-hash", "x-random", "x-local-random"})
    void everyMessageReachesOneQueueAndEveryQueueSome(String type) throws IOException {
        // Since RabbitMQ 4.0.
        assumeTrue(BrokerUnderTest.isPosthorn() || !type.equals("x-local-random"));
        declareAndBind(type, Map.of(), type.equals("x-local-random") ? "" : "1");
        publishAll(i -> "key " + i, Map.of());

        List<Integer> counts = counts();
        assertThat(counts.stream().mapToInt(count -> count).sum()).isEqualTo(MESSAGES);
        assertThat(counts).doesNotContain(0);
    }

    @Test
    void messagesOfOneKeyStayTogether() throws IOException {
        declareAndBind("x-consistent-hash", Map.of(), "1");
        publishAll(i -> "always", Map.of());

        assertThat(Set.copyOf(counts())).containsExactlyInAnyOrder(0, MESSAGES);
    }

    @Test
    void messagesOfOneHeaderStayTogether() throws IOException {
        declareAndBind("x-consistent-hash", Map.of("hash-header", "tenant"), "1");
        publishAll(i -> "key " + i, Map.of("tenant", "acme"));

        assertThat(Set.copyOf(counts())).containsExactlyInAnyOrder(0, MESSAGES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "abc | The binding key must be an integer: <<\"abc\">>",
                "0 | The binding key must be greater than 0",
            })
    void aWeightThatIsNoneIsRefused(String weight, String text) throws IOException {
        Channel channel = amqp.channel();
        channel.exchangeDeclare(exchange, "x-consistent-hash");
        assertThatThrownBy(() -> channel.queueBind(queues.getFirst(), exchange, weight))
                .hasStackTraceContaining("reply-code=406, reply-text=PRECONDITION_FAILED - " + text);
    }

    @Test
    void toHashAHeaderAndAPropertyIsRefused() throws IOException {
        Channel channel = amqp.channel();
        Map<String, Object> both = Map.of("hash-header", "h", "hash-property", "message_id");
        assertThatThrownBy(() -> channel.exchangeDeclare(exchange, "x-consistent-hash", false, false, both))
                .hasStackTraceContaining(
                        "reply-code=406, reply-text=PRECONDITION_FAILED - hash-header and hash-property"
                                + " are mutually exclusive");
    }

    private void declareAndBind(String type, Map<String, Object> arguments, String key) throws IOException {
        amqp.onChannel(channel -> {
            channel.exchangeDeclare(exchange, type, true, false, arguments);
            for (String queue : queues) {
                channel.queueBind(queue, exchange, key);
            }
            return channel;
        });
    }

    private interface Key {
        String of(int i);
    }

    private void publishAll(Key key, Map<String, Object> headers) throws IOException {
        var properties = new AMQP.BasicProperties.Builder().headers(headers).build();
        amqp.onChannel(channel -> {
            channel.confirmSelect();
            for (int i = 0; i < MESSAGES; i++) {
                channel.basicPublish(exchange, key.of(i), true, properties, new byte[0]);
            }
            return Amqp.confirmed(channel);
        });
    }

    private List<Integer> counts() throws IOException {
        List<Integer> counts = new ArrayList<>();
        for (String queue : queues) {
            counts.add(amqp.ready(queue));
        }
        return counts;
    }
}

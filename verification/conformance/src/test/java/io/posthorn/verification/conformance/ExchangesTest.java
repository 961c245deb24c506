package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which queues a message reaches.
class ExchangesTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    private String queue = "";

    @BeforeEach
    void declareQueue() throws IOException {
        queue = amqp.queue();
    }

    @ParameterizedTest
    @CsvSource({
        "a.b.c, a.b.c, true",
        "a.*.c, a.b.c, true",
        "a.*.c, a.c, false",
        "a.#, a, true",
        "a.#, a.b.c, true",
        "#, '', true",
        "#, a.b, true",
        "*, '', false",
        "*, a, true",
        "*.*, a, false",
        "#.c, c, true",
        "#.c, a.b.c, true",
        "a.#.c, a.c, true",
        "a.#.c, a.b.b.c, true",
        "a.#.c, a.b, false",
        "*.#, '', false",
        "#.*, a.b, true",
        "a.b*, a.b*, true",
        "a..c, a..c, true",
        "a.*.c, a..c, true",
    })
    void aTopicMatchesWordByWord(String pattern, String key, boolean matches) throws IOException {
        assertThat(reaches("amq.topic", pattern, Map.of(), key, Map.of())).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"key, key, true", "key, other, false", "'', '', true"})
    void aDirectExchangeComparesTheKey(String bound, String key, boolean matches) throws IOException {
        assertThat(reaches("amq.direct", bound, Map.of(), key, Map.of())).isEqualTo(matches);
    }

    @Test
    void aFanoutIgnoresTheKey() throws IOException {
        assertThat(reaches("amq.fanout", "some", Map.of(), "other", Map.of())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"amq.headers", "amq.match"})
    void headersMatchAllOrAny(String exchange) throws IOException {
        Map<String, Object> all = Map.of("x-match", "all", "format", "pdf", "pages", 3);
        Map<String, Object> any = Map.of("x-match", "any", "format", "pdf", "pages", 3);
        Map<String, Object> byDefault = Map.of("format", "pdf", "pages", 3);
        Map<String, Object> half = Map.of("format", "pdf", "pages", 4);
        Map<String, Object> full = Map.of("format", "pdf", "pages", 3, "more", true);

        assertThat(reaches(exchange, "", all, "", full)).isTrue();
        assertThat(reaches(exchange, "", all, "", half)).isFalse();
        assertThat(reaches(exchange, "", byDefault, "", half)).isFalse();
        assertThat(reaches(exchange, "", any, "", half)).isTrue();
        assertThat(reaches(exchange, "", any, "", Map.of("format", "ps"))).isFalse();
        assertThat(reaches(exchange, "", Map.of("x-match", "any"), "", full)).isFalse();
        assertThat(reaches(exchange, "", Map.of("x-match", "all"), "", Map.of()))
                .isTrue();
    }

    /// Binds the queue, publishes, unbinds. @return whether the message has come
    private boolean reaches(
            String exchange, String bindingKey, Map<String, Object> arguments, String key, Map<String, Object> headers)
            throws IOException {
        return amqp.onChannel(channel -> {
            channel.confirmSelect();
            channel.queueBind(queue, exchange, bindingKey, arguments);
            AMQP.BasicProperties properties =
                    new AMQP.BasicProperties.Builder().headers(headers).build();
            channel.basicPublish(exchange, key, properties, new byte[0]);
            Amqp.confirmed(channel);
            channel.queueUnbind(queue, exchange, bindingKey, arguments);
            return channel.queuePurge(queue).getMessageCount() == 1;
        });
    }

    @Test
    void severalBindingsThatMatchBringOneCopy() throws IOException {
        amqp.onChannel(channel -> {
            channel.queueBind(queue, "amq.topic", "a.*");
            channel.queueBind(queue, "amq.topic", "*.b");
            channel.queueBind(queue, "amq.topic", "*.b");
            channel.confirmSelect();
            channel.basicPublish("amq.topic", "a.b", null, Amqp.bytes("once"));
            return Amqp.confirmed(channel);
        });
        assertThat(amqp.drain(queue)).containsExactly("once");
    }

    @Test
    void everyBoundQueueGetsACopy() throws IOException {
        List<String> queues = List.of(queue, amqp.queue(), amqp.queue(false, Map.of()));
        String exchange = Amqp.name("fanout");
        amqp.onChannel(channel -> {
            channel.exchangeDeclare(exchange, "fanout");
            for (String bound : queues) {
                channel.queueBind(bound, exchange, "");
            }
            channel.confirmSelect();
            channel.basicPublish(exchange, "", Amqp.persistent(), Amqp.bytes("to all"));
            Amqp.confirmed(channel);
            return channel.exchangeDelete(exchange);
        });
        for (String bound : queues) {
            assertThat(amqp.drain(bound)).containsExactly("to all");
        }
    }

    @Test
    void exchangesBindToExchanges() throws IOException {
        String source = Amqp.name("source");
        String middle = Amqp.name("middle");
        amqp.onChannel(channel -> {
            channel.exchangeDeclare(source, "topic");
            channel.exchangeDeclare(middle, "fanout");
            channel.exchangeBind(middle, source, "a.#");
            // A circle is no obstacle.
            channel.exchangeBind(source, middle, "");
            channel.queueBind(queue, middle, "");
            channel.confirmSelect();
            channel.basicPublish(source, "a.b", null, Amqp.bytes("through both"));
            channel.basicPublish(source, "b", null, Amqp.bytes("nowhere"));
            Amqp.confirmed(channel);
            channel.exchangeUnbind(middle, source, "a.#");
            channel.basicPublish(source, "a.b", null, Amqp.bytes("unbound"));
            Amqp.confirmed(channel);
            channel.exchangeDelete(source);
            return channel.exchangeDelete(middle);
        });
        assertThat(amqp.drain(queue)).containsExactly("through both");
    }

    @Test
    void anAutoDeleteExchangeEndsWithItsLastBinding() throws IOException {
        String exchange = Amqp.name("auto-delete");
        Channel channel = amqp.channel();
        channel.exchangeDeclare(exchange, "direct", false, true, null);
        channel.queueBind(queue, exchange, "one");
        channel.queueBind(queue, exchange, "two");
        channel.queueUnbind(queue, exchange, "one");
        channel.exchangeDeclarePassive(exchange);
        channel.queueUnbind(queue, exchange, "two");

        Amqp.eventually(() -> !exchangeExists(exchange));
    }

    @Test
    void anAlternateExchangeTakesWhatIsNotRouted() throws IOException {
        String exchange = Amqp.name("with-alternate");
        String alternate = Amqp.name("alternate");
        List<String> returned = new CopyOnWriteArrayList<>();
        amqp.onChannel(channel -> {
            channel.exchangeDeclare(alternate, "fanout");
            channel.exchangeDeclare(exchange, "direct", false, false, Map.of("alternate-exchange", alternate));
            channel.queueBind(queue, alternate, "");
            channel.confirmSelect();
            channel.addReturnListener(message -> returned.add(message.getReplyText()));
            channel.basicPublish(exchange, "nobody", true, null, Amqp.bytes("by the alternate"));
            Amqp.confirmed(channel);
            channel.exchangeDelete(exchange);
            return channel.exchangeDelete(alternate);
        });
        assertThat(returned).isEmpty();
        assertThat(amqp.drain(queue)).containsExactly("by the alternate");
    }

    @Test
    void deletingAQueueRemovesItsBindings() throws IOException {
        String exchange = Amqp.name("direct");
        Channel channel = amqp.channel();
        channel.exchangeDeclare(exchange, "direct");
        channel.queueBind(queue, exchange, "key");
        channel.queueDelete(queue);

        channel.exchangeDelete(exchange, true);
        assertThat(exchangeExists(exchange)).isFalse();
    }

    private boolean exchangeExists(String exchange) {
        try {
            amqp.onChannel(channel -> channel.exchangeDeclarePassive(exchange));
            return true;
        } catch (IOException missing) {
            return false;
        }
    }
}

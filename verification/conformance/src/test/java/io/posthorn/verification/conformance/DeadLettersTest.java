package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Dead letters: where they go, and exactly what is told of them.
class DeadLettersTest {
    private static final String DLX = "x-dead-letter-exchange";
    private static final String DL_KEY = "x-dead-letter-routing-key";

    @AutoClose
    private final Amqp amqp = new Amqp();

    @Test
    void aRejectedMessageTellsWhereItDied() throws IOException {
        String grave = amqp.queue();
        String queue = amqp.queue(true, Map.of(DLX, "", DL_KEY, grave));
        Channel channel = amqp.channel();
        var properties = new AMQP.BasicProperties.Builder()
                .deliveryMode(2)
                .priority(3)
                .expiration("60000")
                .headers(Map.of("CC", List.of("cc"), "BCC", List.of("bcc"), "k", 1))
                .build();
        channel.basicPublish("", queue, properties, Amqp.bytes("m"));
        reject(channel, queue);

        GetResponse dead = await(channel, grave);
        assertThat(dead.getEnvelope().isRedeliver()).isFalse();
        assertThat(dead.getEnvelope().getExchange()).isEmpty();
        assertThat(dead.getEnvelope().getRoutingKey()).isEqualTo(grave);
        assertThat(dead.getProps().getDeliveryMode()).isEqualTo(2);
        assertThat(dead.getProps().getPriority()).isEqualTo(3);
        assertThat(dead.getProps().getExpiration()).isNull();
        var headers = headers(dead);
        assertThat(headers).doesNotContainKeys("CC", "BCC");
        assertThat(headers)
                .containsEntry("k", 1)
                .containsEntry("x-first-death-queue", queue)
                .containsEntry("x-first-death-reason", "rejected")
                .containsEntry("x-first-death-exchange", "");
        var death = deaths(dead).getFirst();
        assertThat(death.remove("time")).isInstanceOf(Date.class);
        assertThat(death)
                .isEqualTo(Map.of(
                        "count",
                        1L,
                        "reason",
                        "rejected",
                        "queue",
                        queue,
                        "exchange",
                        "",
                        "routing-keys",
                        List.of(queue, "cc"),
                        "original-expiration",
                        "60000"));
        if (BrokerUnderTest.isPosthorn()) {
            assertThat(headers)
                    .containsEntry("x-last-death-queue", queue)
                    .containsEntry("x-last-death-reason", "rejected")
                    .containsEntry("x-last-death-exchange", "");
        }
    }

    @Test
    void withoutAKeyOfTheQueueItsOwnKeysLeadOnHiddenOnesToo() throws IOException {
        String queue = amqp.queue(true, Map.of(DLX, "amq.direct"));
        Channel channel = amqp.channel();
        List<String> graves = List.of(amqp.queue(), amqp.queue(), amqp.queue());
        channel.queueBind(graves.get(0), "amq.direct", queue);
        channel.queueBind(graves.get(1), "amq.direct", queue + "cc");
        channel.queueBind(graves.get(2), "amq.direct", queue + "bcc");
        var properties = new AMQP.BasicProperties.Builder()
                .headers(Map.of("CC", List.of(queue + "cc"), "BCC", List.of(queue + "bcc")))
                .build();
        channel.basicPublish("", queue, properties, Amqp.bytes("m"));
        reject(channel, queue);
        for (String grave : graves) {
            GetResponse dead = await(channel, grave);
            assertThat(dead.getEnvelope().getRoutingKey()).isEqualTo(queue);
            assertThat(headers(dead)).containsEntry("CC", List.of(queue + "cc")).doesNotContainKey("BCC");
            assertThat(deaths(dead).getFirst()).containsEntry("routing-keys", List.of(queue, queue + "cc"));
        }
    }

    @Test
    void deathsAreCountedByQueueAndReasonTheLatestFirst() throws IOException {
        String first = Amqp.name("first");
        String second = amqp.queue(true, Map.of(DLX, "", DL_KEY, first));
        Channel channel = amqp.channel();
        channel.queueDeclare(first, true, false, false, Map.of(DLX, "", DL_KEY, second));
        channel.basicPublish("", first, null, Amqp.bytes("m"));
        for (int i = 0; i < 3; i++) {
            reject(channel, first);
            reject(channel, second);
        }
        reject(channel, first);
        var deaths = deaths(await(channel, second));
        channel.queueDelete(first);
        assertThat(deaths)
                .extracting(death -> death.get("queue") + " " + death.get("count"))
                .containsExactly(first + " 4", second + " 3");
    }

    @Test
    void headersExchangesMatchTheTypedHeadersOfDeadLetters() throws IOException {
        String queue = amqp.queue(true, Map.of(DLX, "amq.headers"));
        String grave = amqp.queue();
        Channel channel = amqp.channel();
        channel.queueBind(grave, "amq.headers", "", Map.of("number", 5, "queue", queue));
        var properties = new AMQP.BasicProperties.Builder()
                .headers(Map.of("number", 5, "queue", queue))
                .build();
        channel.basicPublish("", queue, properties, Amqp.bytes("m"));
        reject(channel, queue);
        assertThat(await(channel, grave).getBody()).isEqualTo(Amqp.bytes("m"));
    }

    @Test
    void anInternalExchangeTakesDeadLettersAndAMissingOneDropsThem() throws IOException {
        String exchange = Amqp.name("internal");
        Channel channel = amqp.channel();
        String queue = amqp.queue(true, Map.of(DLX, exchange));
        String grave = amqp.queue();
        channel.basicPublish("", queue, null, Amqp.bytes("lost"));
        reject(channel, queue);
        Amqp.eventually(() -> amqp.ready(queue) == 0);
        channel.exchangeDeclare(exchange, BuiltinExchangeType.FANOUT, false, true, true, null);
        channel.queueBind(grave, exchange, "");
        channel.basicPublish("", queue, null, Amqp.bytes("kept"));
        reject(channel, queue);
        assertThat(await(channel, grave).getBody()).isEqualTo(Amqp.bytes("kept"));
    }

    @Test
    void whatAClientSaysOfDeathsIsNotCounted() throws IOException {
        String grave = amqp.queue();
        String queue = amqp.queue(true, Map.of(DLX, "", DL_KEY, grave));
        Channel channel = amqp.channel();
        Object said = "nonsense";
        channel.basicPublish(
                "",
                queue,
                new AMQP.BasicProperties.Builder()
                        .headers(Map.of("x-death", said))
                        .build(),
                Amqp.bytes("m"));
        reject(channel, queue);
        assertThat(deaths(await(channel, grave)))
                .singleElement()
                .satisfies(death -> assertThat(death).containsEntry("count", 1L));
    }

    @Test
    void aRetryTopologyCountsItsRounds() throws IOException {
        String work = Amqp.name("work");
        String wait = amqp.queue(true, Map.of(DLX, "", DL_KEY, work, "x-message-ttl", 30));
        Channel channel = amqp.channel();
        channel.queueDeclare(work, true, false, false, Map.of(DLX, "", DL_KEY, wait));
        channel.basicPublish("", work, null, Amqp.bytes("m"));
        for (int i = 0; i < 3; i++) {
            reject(channel, work);
        }
        GetResponse last = await(channel, work);
        channel.queueDelete(work);
        var deaths = deaths(last);
        assertThat(deaths)
                .extracting(death -> death.get("queue") + " " + death.get("reason") + " " + death.get("count"))
                .containsExactly(wait + " expired 3", work + " rejected 3");
        assertThat(headers(last)).containsEntry("x-first-death-queue", work);
        assertThat(last.getEnvelope().isRedeliver()).isFalse();
    }

    @Test
    void whatComesRoundWithNobodysDoingIsDropped() throws IOException {
        String first = Amqp.name("first");
        String second = amqp.queue(true, Map.of(DLX, "", DL_KEY, first, "x-message-ttl", 1));
        Channel channel = amqp.channel();
        channel.queueDeclare(first, true, false, false, Map.of(DLX, "", DL_KEY, second, "x-message-ttl", 1));
        channel.basicPublish("", first, null, Amqp.bytes("m"));
        channel.basicPublish("", second, null, Amqp.bytes("m"));
        Amqp.eventually(() -> amqp.ready(first) + amqp.ready(second) == 0);
        channel.queueDelete(first);
    }

    @Test
    void anExpirationIsToldOfTheFirstDeathOnly() throws IOException {
        String last = amqp.queue();
        String middle = amqp.queue(true, Map.of(DLX, "", DL_KEY, last, "x-message-ttl", 1));
        String first = amqp.queue(true, Map.of(DLX, "", DL_KEY, middle));
        Channel channel = amqp.channel();
        channel.basicPublish(
                "", first, new AMQP.BasicProperties.Builder().expiration("10").build(), Amqp.bytes("m"));
        GetResponse dead = await(channel, last);
        assertThat(dead.getProps().getExpiration()).isNull();
        assertThat(deaths(dead))
                .extracting(death -> death.get("original-expiration"))
                .containsExactly(null, "10");
        assertThat(deaths(dead)).extracting(death -> death.get("reason")).containsExactly("expired", "expired");
    }

    static void reject(Channel channel, String queue) throws IOException {
        channel.basicReject(await(channel, queue).getEnvelope().getDeliveryTag(), false);
    }

    /// Waits, a bounded time, for a message.
    static GetResponse await(Channel channel, String queue) throws IOException {
        var got = new ArrayList<GetResponse>();
        Amqp.eventually(() -> {
            GetResponse response = channel.basicGet(queue, false);
            return response != null && got.add(response);
        });
        return got.getFirst();
    }

    /// With texts as strings.
    static Map<String, Object> headers(GetResponse response) {
        return plain(response.getProps().getHeaders());
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> deaths(GetResponse response) {
        return (List<Map<String, Object>>)
                Objects.requireNonNull(headers(response).get("x-death"));
    }

    private static Map<String, Object> plain(Map<?, ?> table) {
        var plain = new LinkedHashMap<String, Object>();
        table.forEach((name, value) -> plain.put((String) name, plain(value)));
        return plain;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case Map<?, ?> table -> plain(table);
            case List<?> list -> list.stream().map(DeadLettersTest::plain).toList();
            case com.rabbitmq.client.LongString text -> text.toString();
            default -> value;
        };
    }
}

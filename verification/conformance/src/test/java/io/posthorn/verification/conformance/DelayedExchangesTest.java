package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Exchanges of type `x-delayed-message`, as RabbitMQ's plugin has them.
class DelayedExchangesTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    private final String exchange = Amqp.name("delaying");

    @BeforeEach
    void needsThePlugin() {
        assumeTrue(BrokerUnderTest.isPosthorn());
    }

    @AfterEach
    void deleteExchange() throws IOException {
        amqp.onChannel(channel -> channel.exchangeDelete(exchange));
    }

    @Test
    void withoutATypeToRouteByItIsRefused() {
        assertThatThrownBy(() -> declare(Map.of()))
                .hasRootCauseMessage(refusal(
                        "406",
                        "PRECONDITION_FAILED - Invalid argument, 'x-delayed-type' must be an existing"
                                + " exchange type"));
        assertThatThrownBy(() -> declare(Map.of("x-delayed-type", "x-delayed-message")))
                .rootCause()
                .hasMessageContaining("'x-delayed-message' can't be used for 'x-delayed-type'");
        assertThatThrownBy(() -> declare(Map.of("x-delayed-type", "nonsense")))
                .rootCause()
                .hasMessageContaining("reply-code=503");
    }

    private static String refusal(String code, String text) {
        return "channel error; protocol method: #method<channel.close>(reply-code=" + code + ", reply-text=" + text
                + ", class-id=40, method-id=10)";
    }

    @Test
    void headersAreMatchedWhenTheTimeHasCome() throws IOException {
        declare(Map.of("x-delayed-type", "headers"));
        String queue = amqp.queue();
        Channel channel = amqp.channel();
        channel.queueBind(queue, exchange, "", Map.of("x-match", "all", "colour", "red", "number", 7));
        publish(channel, "", Map.of("x-delay", 200, "colour", "red", "number", 7));
        publish(channel, "", Map.of("x-delay", 200, "colour", "blue", "number", 7));
        GetResponse got = await(channel, queue);
        assertThat(got.getProps().getHeaders()).containsEntry("x-delay", -200).containsEntry("number", 7);
        assertThat(got.getProps().getHeaders().get("colour")).hasToString("red");
        assertThat(got.getEnvelope().getExchange()).isEqualTo(exchange);
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void carbonCopiesAreDelayedToo() throws IOException {
        declare(Map.of("x-delayed-type", "direct"));
        List<String> queues = List.of(amqp.queue(), amqp.queue(), amqp.queue());
        Channel channel = amqp.channel();
        for (String queue : queues) {
            channel.queueBind(queue, exchange, queue);
        }
        publish(
                channel,
                queues.get(0),
                Map.of("x-delay", 200, "CC", List.of(queues.get(1)), "BCC", List.of(queues.get(2))));
        for (String queue : queues) {
            assertThat(await(channel, queue).getProps().getHeaders())
                    .containsKeys("CC", "x-delay")
                    .doesNotContainKey("BCC");
        }
    }

    @Test
    void aTextOrAFractionWillDoAndNonsenseIsNoDelay() throws IOException {
        declare(Map.of("x-delayed-type", "fanout"));
        String queue = amqp.queue();
        Channel channel = amqp.channel();
        channel.queueBind(queue, exchange, "");
        for (Object delay : List.of("150", 150.9, -5, 0, "soon", true)) {
            publish(channel, "", Map.of("x-delay", delay));
        }
        var delays = new ArrayList<Object>();
        for (int i = 0; i < 6; i++) {
            delays.add(await(channel, queue).getProps().getHeaders().get("x-delay"));
        }
        assertThat(delays.subList(0, 4)).extracting(Object::toString).containsExactly("-5", "0", "soon", "true");
        assertThat(delays.subList(4, 6)).containsExactly(-150, -150);
    }

    @Test
    void itDelaysWhatComesThroughOtherExchangesAndFromDeadLetters() throws IOException {
        declare(Map.of("x-delayed-type", "fanout"));
        String queue = amqp.queue();
        String first = amqp.queue(true, Map.of("x-dead-letter-exchange", exchange));
        Channel channel = amqp.channel();
        channel.queueBind(queue, exchange, "");
        channel.basicPublish("", first, delayed(Map.of("x-delay", 250)), Amqp.bytes("m"));
        GetResponse got = await(channel, first);
        assertThat(got.getProps().getHeaders()).containsEntry("x-delay", 250);
        channel.basicReject(got.getEnvelope().getDeliveryTag(), false);
        GetResponse late = await(channel, queue);
        assertThat(late.getProps().getHeaders()).containsEntry("x-delay", -250).containsKey("x-death");
    }

    @Test
    void mandatoryTellsOnlyWhatIsUnroutableAtOnce() throws IOException {
        declare(Map.of("x-delayed-type", "direct"));
        Channel channel = amqp.channel();
        var returned = new ArrayList<String>();
        channel.addReturnListener(each -> returned.add(Amqp.text(each.getBody())));
        channel.confirmSelect();
        channel.basicPublish(exchange, "nowhere", true, delayed(Map.of("x-delay", 100)), Amqp.bytes("late"));
        channel.basicPublish(exchange, "nowhere", true, delayed(Map.of()), Amqp.bytes("now"));
        assertThat(Amqp.confirmed(channel)).isTrue();
        assertThat(returned).containsExactly("now");
    }

    @Test
    void whatATransactionPublishesIsDelayedOnceItIsCommitted() throws IOException {
        declare(Map.of("x-delayed-type", "fanout"));
        String queue = amqp.queue();
        Channel channel = amqp.channel();
        channel.queueBind(queue, exchange, "");
        channel.txSelect();
        channel.basicPublish(exchange, "", delayed(Map.of("x-delay", 100)), Amqp.bytes("rolled back"));
        channel.txRollback();
        channel.basicPublish(exchange, "", delayed(Map.of("x-delay", 200)), Amqp.bytes("committed"));
        channel.txCommit();
        assertThat(Amqp.text(await(amqp.channel(), queue).getBody())).isEqualTo("committed");
        assertThat(amqp.drain(queue)).isEmpty();
    }

    private AMQP.Exchange.DeclareOk declare(Map<String, Object> arguments) throws IOException {
        return amqp.channel().exchangeDeclare(exchange, "x-delayed-message", true, false, arguments);
    }

    private void publish(Channel channel, String key, Map<String, Object> headers) throws IOException {
        channel.basicPublish(exchange, key, delayed(headers), Amqp.bytes("m"));
    }

    private static AMQP.BasicProperties delayed(Map<String, Object> headers) {
        return new AMQP.BasicProperties.Builder()
                .deliveryMode(2)
                .headers(headers)
                .build();
    }

    private static GetResponse await(Channel channel, String queue) {
        var got = new ArrayList<GetResponse>();
        Amqp.eventually(() -> {
            GetResponse response = channel.basicGet(queue, false);
            if (response != null) {
                got.add(response);
            }
            return !got.isEmpty();
        });
        return got.getFirst();
    }
}

package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies of every size arrive as they were sent.
class MessagesTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 131_063, 131_064, 131_065, 1 << 20, 10 << 20})
    void aBodyOfAnySizeArrives(int size) throws IOException {
        assertThat(roundTrip(Amqp.factory(), size)).isEqualTo(body(size));
    }

    /// 4096 is the least that AMQP allows a peer to insist on.
    @ParameterizedTest
    @CsvSource({"4096,4088", "4096,4089", "4096,100000", "9000,1048576"})
    void aBodyIsSplitToTheFrameSizeThatTheClientAskedFor(int frameMax, int size) throws IOException {
        ConnectionFactory factory = Amqp.factory();
        factory.setRequestedFrameMax(frameMax);

        assertThat(roundTrip(factory, size)).isEqualTo(body(size));
    }

    @Test
    void framesFitTheSizeAgreedOn() throws IOException {
        String queue = amqp.queue();
        amqp.onChannel(channel -> {
            channel.confirmSelect();
            channel.basicPublish("", queue, null, body(10_000));
            return Amqp.confirmed(channel);
        });
        try (RawAmqp raw = RawAmqp.opened(4_096)) {
            raw.openChannel(1);
            raw.method(
                    1,
                    60,
                    70,
                    new RawAmqp.Arguments().uint16(0).shortString(queue).octet(1));
            raw.expect(60, 71);
            raw.read();
            int received = 0;
            while (received < 10_000) {
                RawAmqp.Frame frame = raw.read();
                assertThat(frame.type()).isEqualTo(RawAmqp.BODY);
                assertThat(frame.payload()).hasSizeBetween(1, 4_088);
                received += frame.payload().length;
            }
        }
    }

    private byte[] roundTrip(ConnectionFactory factory, int size) throws IOException {
        String queue = amqp.queue();
        Channel channel = amqp.connect(factory).createChannel();
        channel.confirmSelect();
        channel.basicPublish("", queue, Amqp.persistent(), body(size));
        Amqp.confirmed(channel);
        return channel.basicGet(queue, true).getBody();
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        return body;
    }

    @Test
    void absentPropertiesStayAbsentAndEmptyHeadersStayEmpty() throws IOException {
        String queue = amqp.queue();
        Channel channel = amqp.channel();
        channel.basicPublish("", queue, null, new byte[0]);
        channel.basicPublish(
                "", queue, new AMQP.BasicProperties.Builder().headers(Map.of()).build(), new byte[0]);

        Amqp.eventually(() -> amqp.ready(queue) == 2);
        GetResponse bare = channel.basicGet(queue, true);
        assertThat(bare.getProps()).isEqualTo(new AMQP.BasicProperties());
        GetResponse empty = channel.basicGet(queue, true);
        assertThat(empty.getProps().getHeaders()).isNotNull().isEmpty();
    }

    @Test
    void theEnvelopeNamesExchangeAndKeyOfThePublish() throws IOException {
        String queue = amqp.queue();
        GetResponse got = amqp.onChannel(channel -> {
            channel.queueBind(queue, "amq.topic", "stock.#");
            channel.confirmSelect();
            channel.basicPublish("amq.topic", "stock.nyse.grüße", null, new byte[0]);
            Amqp.confirmed(channel);
            return channel.basicGet(queue, true);
        });
        assertThat(got.getEnvelope().getExchange()).isEqualTo("amq.topic");
        assertThat(got.getEnvelope().getRoutingKey()).isEqualTo("stock.nyse.grüße");
    }
}

package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// The Java client against the real broker: with its shards on the loop of the connections, and with most of
/// them on another one.
@ParameterizedClass
@ValueSource(ints = {1, 3})
@Timeout(60)
@SuppressWarnings("NullAway") // the client is not annotated
final class LocalBrokerTest {
    @Parameter
    int loops;

    private LocalBrokerWorld world;
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws Exception {
        world = new LocalBrokerWorld(loops);
        connection = world.server().connect();
        channel = connection.createChannel();
    }

    @AfterEach
    void close() {
        connection.abort();
        world.close();
    }

    @Test
    void everythingConfirmedIsConsumedInOrder() throws Exception {
        int queues = 5;
        int each = 2_000;
        var all = new CountDownLatch(queues * each);
        List<List<Integer>> received = new ArrayList<>();
        for (int q = 0; q < queues; q++) {
            Channel own = connection.createChannel();
            own.queueDeclare("q" + q, true, false, false, null);
            own.basicQos(100);
            List<Integer> mine = Collections.synchronizedList(new ArrayList<>());
            received.add(mine);
            own.basicConsume(
                    "q" + q,
                    false,
                    (_, delivery) -> {
                        mine.add(Integer.valueOf(new String(delivery.getBody(), StandardCharsets.US_ASCII)));
                        own.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                        all.countDown();
                    },
                    _ -> {});
        }
        channel.confirmSelect();
        for (int i = 0; i < each; i++) {
            for (int q = 0; q < queues; q++) {
                channel.basicPublish("", "q" + q, MessageProperties.MINIMAL_PERSISTENT_BASIC, utf8("" + i));
            }
        }
        channel.waitForConfirmsOrDie(30_000);
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        for (List<Integer> one : received) {
            assertThat(one).isSorted().hasSize(each);
        }
    }

    @Test
    void aGetSeesWhatItsOwnChannelPublishedBefore() throws Exception {
        channel.queueDeclare("q", true, false, false, null);
        for (int i = 0; i < 100; i++) {
            channel.basicPublish("", "q", MessageProperties.PERSISTENT_TEXT_PLAIN, utf8("m" + i));
            GetResponse got = channel.basicGet("q", true);
            assertThat(new String(got.getBody(), StandardCharsets.UTF_8)).isEqualTo("m" + i);
            assertThat(got.getProps().getContentType()).isEqualTo("text/plain");
            assertThat(got.getMessageCount()).isZero();
        }
    }

    @Test
    void whatAConnectionHeldIsThereAgainForTheNextFlaggedAndInPlace() throws Exception {
        channel.queueDeclare("q", true, false, false, null);
        for (String body : List.of("a", "b", "c")) {
            channel.basicPublish("", "q", null, utf8(body));
        }
        channel.basicGet("q", false);
        channel.basicGet("q", false);
        connection.close();
        connection = world.server().connect();
        channel = connection.createChannel();
        for (String body : List.of("a", "b", "c")) {
            GetResponse got = channel.basicGet("q", true);
            assertThat(new String(got.getBody(), StandardCharsets.UTF_8)).isEqualTo(body);
            assertThat(got.getEnvelope().isRedeliver()).isEqualTo(!body.equals("c"));
        }
    }

    @Test
    void anExclusiveQueueIsLockedForOthersAndGoneWithItsOwner() throws Exception {
        String queue = channel.queueDeclare().getQueue();
        Connection other = world.server().connect();
        assertThatThrownBy(() -> other.createChannel().queueDeclarePassive(queue))
                .cause()
                .hasMessageContaining("reply-code=405, reply-text=RESOURCE_LOCKED - ");
        connection.close();
        assertThat(refusal(other, queue))
                .contains("reply-code=404, reply-text=NOT_FOUND - no queue '" + queue + "' in vhost '/'");
        other.abort();
    }

    /// A way to be done with a queue.
    private interface End {
        void of(Connection owner, Channel consuming, String tag) throws Exception;
    }

    @Test
    void whoeverHearsTheEndOfItsLastConsumerFindsAnAutoDeleteQueueNoMore() throws Exception {
        List<End> ends = List.of(
                (_, consuming, tag) -> consuming.basicCancel(tag),
                (_, consuming, _) -> consuming.close(),
                (_, consuming, _) -> assertThatThrownBy(() -> consuming.queueDeclarePassive("nothing")),
                (owner, _, _) -> owner.close());
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < ends.size(); i++) {
                String queue = "auto-delete-%d-%d".formatted(round, i);
                Connection owner = world.server().connect();
                Channel consuming = owner.createChannel();
                consuming.queueDeclare(queue, false, false, true, null);
                String tag = consuming.basicConsume(queue, true, new DefaultConsumer(consuming));
                ends.get(i).of(owner, consuming, tag);
                assertThat(refusal(connection, queue)).as(queue).contains("reply-code=404");
                owner.abort();
            }
        }
    }

    @Test
    void exchangesRouteAndUnroutedMandatoryMessagesComeBack() throws Exception {
        channel.exchangeDeclare("logs", "topic", true);
        channel.queueDeclare("errors", true, false, false, null);
        channel.queueBind("errors", "logs", "*.error");
        var returned = new CountDownLatch(1);
        channel.addReturnListener((_, _, _, _, _, _) -> returned.countDown());
        channel.confirmSelect();
        channel.basicPublish("logs", "app.error", true, null, utf8("seen"));
        channel.basicPublish("logs", "app.info", true, null, utf8("unseen"));
        channel.waitForConfirmsOrDie(10_000);
        assertThat(returned.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(channel.basicGet("errors", true).getBody()).isEqualTo(utf8("seen"));
        assertThat(channel.basicGet("errors", true)).isNull();
    }

    private static String refusal(Connection connection, String queue) throws IOException {
        try {
            connection.createChannel().queueDeclarePassive(queue);
            return "none";
        } catch (IOException refused) {
            return String.valueOf(refused.getCause());
        }
    }

    private static byte[] utf8(String text) throws IOException {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

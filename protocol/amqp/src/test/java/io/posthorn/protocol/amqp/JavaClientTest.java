package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.broker.Alarm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@SuppressWarnings({"NullAway", "JavaUtilDate"}) // the client is not annotated, and has no better dates
final class JavaClientTest {
    private static final String QUEUE = "orders";

    private final FakeBroker broker = new FakeBroker();
    private final TestServer server = new TestServer(broker, AmqpSettings.DEFAULTS);
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws Exception {
        connection = server.connect();
        channel = connection.createChannel();
        channel.queueDeclare(QUEUE, true, false, false, null);
    }

    @AfterEach
    void close() {
        connection.abort();
        server.close();
    }

    @Test
    void theServerSaysItIsRabbitMqAndWhoItIs() {
        Map<String, Object> properties = connection.getServerProperties();
        assertThat(properties.get("product")).hasToString("RabbitMQ");
        assertThat(properties.get("version")).hasToString("4.2.1");
        assertThat(properties.get("platform")).asString().contains("Posthorn");
        assertThat(connection.getHeartbeat()).isEqualTo(60);
        assertThat(connection.getFrameMax()).isEqualTo(131_072);
        assertThat(connection.getChannelMax()).isEqualTo(2_047);
    }

    @Test
    void aMessageIsPublishedConfirmedConsumedAndAcknowledged() throws Exception {
        channel.confirmSelect();
        channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_TEXT_PLAIN, utf8("hello"));
        channel.waitForConfirmsOrDie(10_000);

        var delivery = consumeOne(channel);
        assertThat(delivery.getBody()).isEqualTo(utf8("hello"));
        assertThat(delivery.getEnvelope().isRedeliver()).isFalse();
        assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo(QUEUE);
        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        assertThat(channel.messageCount(QUEUE)).isZero();
    }

    @Test
    void propertiesComeBackExactly() throws Exception {
        Map<String, Object> headers = Map.of(
                "long", 5L, "text", "ä", "nested", Map.of("list", List.of(1, 2L, true)), "when", new Date(7_000));
        var properties = new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .contentEncoding("identity")
                .headers(headers)
                .deliveryMode(1)
                .priority(0)
                .correlationId("c-1")
                .replyTo("answers")
                .expiration("60000")
                .messageId("m-1")
                .timestamp(new Date(1_700_000_000_000L))
                .type("t")
                .userId("guest")
                .appId("a")
                .build();
        channel.basicPublish("", QUEUE, properties, utf8("x"));
        AMQP.BasicProperties came = channel.basicGet(QUEUE, true).getProps();
        assertThat(came.getHeaders().get("long")).isEqualTo(5L);
        assertThat(came.getHeaders().get("when")).isEqualTo(new Date(7_000));
        assertThat(came.getHeaders().get("nested").toString()).isEqualTo("{list=[1, 2, true]}");
        assertThat(came.getPriority()).isZero();
        assertThat(came.getDeliveryMode()).isEqualTo(1);
        assertThat(came.getUserId()).isEqualTo("guest");
        assertThat(came.getTimestamp()).isEqualTo(new Date(1_700_000_000_000L));
        assertThat(came.getExpiration()).isEqualTo("60000");
    }

    @Test
    void aMessageWithoutPropertiesComesBackWithoutAny() throws Exception {
        channel.basicPublish("", QUEUE, new AMQP.BasicProperties(), utf8("x"));
        AMQP.BasicProperties came = channel.basicGet(QUEUE, true).getProps();
        assertThat(came.getDeliveryMode()).isNull();
        assertThat(came.getHeaders()).isNull();
    }

    @Test
    void aBodyOfManyFramesComesBackWhole() throws Exception {
        byte[] body = new byte[3_000_001];
        new java.util.Random(1).nextBytes(body);
        channel.basicPublish("", QUEUE, null, body);
        channel.basicPublish("", QUEUE, null, new byte[0]);
        assertThat(channel.basicGet(QUEUE, true).getBody()).isEqualTo(body);
        assertThat(channel.basicGet(QUEUE, true).getBody()).isEmpty();
        assertThat(channel.basicGet(QUEUE, true)).isNull();
    }

    @Test
    void aBodyBeyondTheLimitClosesTheChannelAndNotTheConnection() throws Exception {
        int limit = AmqpSettings.DEFAULTS.maxMessageSize();
        channel.basicPublish("", QUEUE, null, new byte[limit + 1]);
        ShutdownSignalException closed = closed(channel);
        assertThat(closed.getReason()).isInstanceOfSatisfying(AMQP.Channel.Close.class, close -> {
            assertThat(close.getReplyCode()).isEqualTo(406);
            assertThat(close.getReplyText())
                    .isEqualTo("PRECONDITION_FAILED - message size %d is larger than configured max size %d"
                            .formatted(limit + 1, limit));
            assertThat(close.getClassId()).isEqualTo(60);
            assertThat(close.getMethodId()).isEqualTo(40);
        });
        assertThat(connection.createChannel().messageCount(QUEUE)).isZero();
    }

    @Test
    void receiptsInAnyOrderBecomeConfirmsInOrder() throws Exception {
        server.onLoop(() -> broker.lateReceipts = new ArrayDeque<>());
        channel.confirmSelect();
        List<Long> confirmed = Collections.synchronizedList(new ArrayList<>());
        channel.addConfirmListener(
                (tag, multiple) -> confirmed.add(multiple ? -tag : tag), (tag, multiple) -> confirmed.add(0L));
        for (int i = 0; i < 5; i++) {
            channel.basicPublish("", QUEUE, null, utf8("x"));
        }
        // An answer to this shows that the server has all five.
        channel.queueDeclarePassive(QUEUE);
        server.onLoop(() -> {
            List<Runnable> receipts = new ArrayList<>(late());
            receipts.get(2).run();
            receipts.get(1).run();
            receipts.get(4).run();
        });
        channel.queueDeclarePassive(QUEUE);
        assertThat(confirmed).isEmpty();
        server.onLoop(() -> new ArrayList<>(late()).getFirst().run());
        channel.queueDeclarePassive(QUEUE);
        assertThat(confirmed).containsExactly(-3L);
        server.onLoop(() -> new ArrayList<>(late()).get(3).run());
        assertThat(channel.waitForConfirms(10_000)).isTrue();
        assertThat(confirmed).containsExactly(-3L, -5L);
    }

    @Test
    void aMandatoryMessageThatGoesNowhereIsReturnedBeforeItsAck() throws Exception {
        channel.confirmSelect();
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        channel.addReturnListener((code, text, exchange, key, properties, body) ->
                events.add("return %d %s %s %s".formatted(code, text, key, new String(body, StandardCharsets.UTF_8))));
        channel.addConfirmListener((tag, multiple) -> events.add("ack " + tag), (tag, multiple) -> events.add("nack"));
        channel.basicPublish("", "nowhere", true, false, null, utf8("lost"));
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("return 312 NO_ROUTE nowhere lost");
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("ack 1");
    }

    @Test
    void aMissingQueueClosesTheChannelWithTheTextOfRabbitMq() throws Exception {
        assertThatThrownBy(() -> channel.queueDeclarePassive("nope"))
                .isInstanceOf(IOException.class)
                .cause()
                .hasMessageContaining(
                        "reply-code=404, reply-text=NOT_FOUND - no queue 'nope' in vhost '/', class-id=50,"
                                + " method-id=10");
        assertThat(connection.createChannel().messageCount(QUEUE)).isZero();
    }

    @Test
    void whatAChannelHeldIsDeliveredAgainAfterItsEndAndFlagged() throws Exception {
        publish("a", "b", "c");
        for (int i = 0; i < 3; i++) {
            assertThat(channel.basicGet(QUEUE, false)).isNotNull();
        }
        channel.close();
        Channel other = connection.createChannel();
        for (String expected : List.of("a", "b", "c")) {
            GetResponse again = other.basicGet(QUEUE, true);
            if (expected.equals("c")) {
                assertThat(again.getEnvelope().isRedeliver()).isTrue();
            }
        }
    }

    @Test
    void prefetchLimitsWhatAConsumerHolds() throws Exception {
        publish("a", "b", "c");
        channel.basicQos(2);
        BlockingQueue<Long> tags = new LinkedBlockingQueue<>();
        channel.basicConsume(
                QUEUE, false, (_, delivery) -> tags.add(delivery.getEnvelope().getDeliveryTag()), _ -> {});
        assertThat(tags.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(tags.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(channel.messageCount(QUEUE)).isEqualTo(1);
        channel.basicAck(2, true);
        assertThat(tags.poll(10, TimeUnit.SECONDS)).isEqualTo(3);
    }

    @Test
    void anUnknownDeliveryTagIsAPreconditionFailed() throws Exception {
        publish("a");
        long tag = channel.basicGet(QUEUE, false).getEnvelope().getDeliveryTag();
        channel.basicAck(tag, false);
        channel.basicAck(tag, false);
        assertThat(closed(channel)).hasMessageContaining("PRECONDITION_FAILED - unknown delivery tag 1");
    }

    @Test
    void acknowledgingEverythingWhereThereIsNothingIsFine() throws Exception {
        channel.basicAck(0, true);
        assertThat(channel.messageCount(QUEUE)).isZero();
    }

    @Test
    void rejectedWithRequeueComesAgainAndNackedWithoutDoesNot() throws Exception {
        publish("a");
        channel.basicReject(channel.basicGet(QUEUE, false).getEnvelope().getDeliveryTag(), true);
        GetResponse again = channel.basicGet(QUEUE, false);
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
        channel.basicNack(again.getEnvelope().getDeliveryTag(), false, false);
        assertThat(channel.basicGet(QUEUE, true)).isNull();
    }

    @Test
    void recoverGivesBackEverything() throws Exception {
        publish("a", "b");
        channel.basicGet(QUEUE, false);
        channel.basicGet(QUEUE, false);
        channel.basicRecover(true);
        assertThat(channel.messageCount(QUEUE)).isEqualTo(2);
    }

    @Test
    void aDeletedQueueCancelsItsConsumers() throws Exception {
        var cancelled = new CompletableFuture<String>();
        String tag = channel.basicConsume(QUEUE, false, (_, _) -> {}, cancelled::complete);
        assertThat(tag).matches("amq\\.ctag-[A-Za-z0-9_-]{22}");
        connection.createChannel().queueDelete(QUEUE);
        assertThat(cancelled.get(10, TimeUnit.SECONDS)).isEqualTo(tag);
    }

    @Test
    void aConsumerTagTwiceEndsTheConnection() throws Exception {
        channel.basicConsume(QUEUE, false, "mine", (_, _) -> {}, _ -> {});
        assertThatThrownBy(() -> channel.basicConsume(QUEUE, false, "mine", (_, _) -> {}, _ -> {}))
                .cause()
                .hasMessageContaining("NOT_ALLOWED - attempt to reuse consumer tag 'mine'");
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void cancelledConsumersGetNothingMoreAndMaySettleWhatTheyHold() throws Exception {
        publish("a");
        BlockingQueue<Long> tags = new LinkedBlockingQueue<>();
        String tag = channel.basicConsume(
                QUEUE, false, (_, delivery) -> tags.add(delivery.getEnvelope().getDeliveryTag()), _ -> {});
        long held = tags.poll(10, TimeUnit.SECONDS);
        channel.basicCancel(tag);
        publish("b");
        channel.basicAck(held, false);
        assertThat(channel.basicGet(QUEUE, true).getBody()).isEqualTo(utf8("b"));
        assertThat(tags).isEmpty();
    }

    @Test
    void aWrongPasswordIsRefusedInTheWordsOfRabbitMq() {
        var factory = server.factory();
        factory.setPassword("wrong");
        assertThatThrownBy(factory::newConnection)
                .isInstanceOf(AuthenticationFailureException.class)
                .hasMessage(
                        "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the"
                                + " broker logfile.");
    }

    @Test
    void anUnknownVirtualHostIsNotAllowed() {
        var factory = server.factory();
        factory.setVirtualHost("nov");
        assertThatThrownBy(factory::newConnection).cause().hasMessageContaining("NOT_ALLOWED - vhost nov not found");
    }

    @Test
    void anAlarmStopsPublishersAndTellsThem() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        connection.addBlockedListener(events::add, () -> events.add("unblocked"));
        server.onLoop(() -> broker.alarm(Alarm.MEMORY, true));
        assertThat(channel.messageCount(QUEUE)).isZero();
        assertThat(events).isEmpty();
        publish("a");
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("low on memory");
        server.onLoop(() -> broker.alarm(Alarm.MEMORY, false));
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("unblocked");
        assertThat(channel.messageCount(QUEUE)).isEqualTo(1);
    }

    @Test
    void stoppingTellsTheClientsWhy() throws Exception {
        var signal = new CompletableFuture<ShutdownSignalException>();
        connection.addShutdownListener(signal::complete);
        server.stop("shutdown");
        assertThat(signal.get(10, TimeUnit.SECONDS))
                .hasMessageContaining("CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'");
    }

    @Test
    void manyMessagesOverManyChannelsAllArriveInOrder() throws Exception {
        int channels = 10;
        int each = 500;
        var all = new CountDownLatch(channels * each);
        List<List<Integer>> received = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            Channel own = connection.createChannel();
            String queue = "q" + c;
            own.queueDeclare(queue, true, false, false, null);
            List<Integer> mine = Collections.synchronizedList(new ArrayList<>());
            received.add(mine);
            own.basicQos(50);
            own.basicConsume(
                    queue,
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
            for (int c = 0; c < channels; c++) {
                channel.basicPublish("", "q" + c, null, utf8(Integer.toString(i)));
            }
        }
        channel.waitForConfirmsOrDie(20_000);
        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        for (List<Integer> one : received) {
            assertThat(one).isSorted().hasSize(each);
        }
    }

    private Deque<Runnable> late() {
        return broker.lateReceipts;
    }

    private void publish(String... bodies) throws IOException {
        for (String body : bodies) {
            channel.basicPublish("", QUEUE, null, utf8(body));
        }
    }

    private static com.rabbitmq.client.Delivery consumeOne(Channel channel) throws Exception {
        var first = new CompletableFuture<com.rabbitmq.client.Delivery>();
        channel.basicConsume(QUEUE, false, (_, delivery) -> first.complete(delivery), _ -> {});
        return first.get(10, TimeUnit.SECONDS);
    }

    private static ShutdownSignalException closed(Channel channel) throws Exception {
        var signal = new CompletableFuture<ShutdownSignalException>();
        channel.addShutdownListener(signal::complete);
        return signal.get(10, TimeUnit.SECONDS);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

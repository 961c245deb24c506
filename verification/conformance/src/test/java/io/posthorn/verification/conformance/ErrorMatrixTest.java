package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
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
    private final Amqp amqp = new Amqp();

    private final String missing = Amqp.name("missing");
    private final String exchange = Amqp.name("exchange");
    private String queue = "";

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
            row.operation.on(channel, this);
        } catch (IOException closed) {
            assertThat(closed).hasCauseInstanceOf(ShutdownSignalException.class);
        }
        Method reason = shutdown.get(20, TimeUnit.SECONDS).getReason();

        assertThat(refusal(reason)).isEqualTo(row.refusal.in(this));
        assertThat(connection.isOpen()).isEqualTo(row.refusal.scope == Scope.CHANNEL);
        if (row.refusal.scope == Scope.CHANNEL) {
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

    private static Refusal refusal(Method reason) {
        return switch (reason) {
            case AMQP.Channel.Close close ->
                new Refusal(
                        Scope.CHANNEL,
                        close.getReplyCode(),
                        close.getReplyText(),
                        close.getClassId(),
                        close.getMethodId());
            case AMQP.Connection.Close close ->
                new Refusal(
                        Scope.CONNECTION,
                        close.getReplyCode(),
                        close.getReplyText(),
                        close.getClassId(),
                        close.getMethodId());
            default -> throw new AssertionError(reason);
        };
    }

    enum Scope {
        CHANNEL,
        CONNECTION
    }

    /// What the broker says when it closes a channel or a connection.
    record Refusal(Scope scope, int code, String text, int classId, int methodId) {
        Refusal in(ErrorMatrixTest world) {
            String named = text.replace("{q}", world.queue)
                    .replace("{x}", world.exchange)
                    .replace("{m}", world.missing);
            return new Refusal(scope, code, named, classId, methodId);
        }
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

    private static Row row(String name, Refusal refusal, Operation operation) {
        return new Row(name, refusal, operation);
    }

    private static Refusal channel(int code, String text, int classId, int methodId) {
        return new Refusal(Scope.CHANNEL, code, text, classId, methodId);
    }

    private static Refusal connection(int code, String text, int classId, int methodId) {
        return new Refusal(Scope.CONNECTION, code, text, classId, methodId);
    }

    private static final String LOCKED =
            "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '%s' in vhost '/'. It could be originally"
                    + " declared on another connection or the exclusive property value does not match that of the"
                    + " original declaration.";

    static Stream<Row> isRefusedAndChangesNothing() {
        return Stream.of(
                        missing(),
                        reserved(),
                        locked(),
                        inequivalent(),
                        badArguments(),
                        badTags(),
                        modes(),
                        badMessages(),
                        notAllowed())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> missing() {
        return Stream.of(
                row(
                        "passive declare of a missing queue",
                        channel(404, "NOT_FOUND - no queue '{m}' in vhost '/'", 50, 10),
                        (c, w) -> c.queueDeclarePassive(w.missing)),
                row(
                        "passive declare of a missing exchange",
                        channel(404, "NOT_FOUND - no exchange '{m}' in vhost '/'", 40, 10),
                        (c, w) -> c.exchangeDeclarePassive(w.missing)),
                row(
                        "consume from a missing queue",
                        channel(404, "NOT_FOUND - no queue '{m}' in vhost '/'", 60, 20),
                        (c, w) -> c.basicConsume(w.missing, new DefaultConsumer(c))),
                row(
                        "get from a missing queue",
                        channel(404, "NOT_FOUND - no queue '{m}' in vhost '/'", 60, 70),
                        (c, w) -> c.basicGet(w.missing, true)),
                row(
                        "purge of a missing queue",
                        channel(404, "NOT_FOUND - no queue '{m}' in vhost '/'", 50, 30),
                        (c, w) -> c.queuePurge(w.missing)),
                row(
                        "bind of a missing queue",
                        channel(404, "NOT_FOUND - no queue '{m}' in vhost '/'", 50, 20),
                        (c, w) -> c.queueBind(w.missing, w.exchange, "")),
                row(
                        "bind to a missing exchange",
                        channel(404, "NOT_FOUND - no exchange '{m}' in vhost '/'", 50, 20),
                        (c, w) -> c.queueBind(w.queue, w.missing, "")),
                row(
                        "exchange bind to a missing source",
                        channel(404, "NOT_FOUND - no exchange '{m}' in vhost '/'", 40, 30),
                        (c, w) -> c.exchangeBind(w.exchange, w.missing, "")),
                row(
                        "exchange bind of a missing destination",
                        channel(404, "NOT_FOUND - no exchange '{m}' in vhost '/'", 40, 30),
                        (c, w) -> c.exchangeBind(w.missing, w.exchange, "")),
                row(
                        "publish to a missing exchange",
                        channel(404, "NOT_FOUND - no exchange '{m}' in vhost '/'", 60, 40),
                        (c, w) -> c.basicPublish(w.missing, "", null, new byte[0])),
                row(
                        "consume from the last queue when none was declared",
                        channel(404, "NOT_FOUND - no previously declared queue", 60, 20),
                        (c, w) -> c.basicConsume("", new DefaultConsumer(c))),
                row(
                        "get from the last queue when none was declared",
                        channel(404, "NOT_FOUND - no previously declared queue", 60, 70),
                        (c, w) -> c.basicGet("", true)),
                row(
                        "bind of the last queue when none was declared",
                        channel(404, "NOT_FOUND - no previously declared queue", 50, 20),
                        (c, w) -> c.queueBind("", w.exchange, "")),
                row(
                        "purge of the last queue when none was declared",
                        channel(404, "NOT_FOUND - no previously declared queue", 50, 30),
                        (c, w) -> c.queuePurge("")),
                row(
                        "delete of the last queue when none was declared",
                        channel(404, "NOT_FOUND - no previously declared queue", 50, 40),
                        (c, w) -> c.queueDelete("")));
    }

    private static Stream<Row> reserved() {
        return Stream.of(
                row(
                        "declare of a queue in amq.",
                        channel(403, "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'", 50, 10),
                        (c, w) -> c.queueDeclare("amq.mine", true, false, false, null)),
                row(
                        "declare of an exchange in amq.",
                        channel(
                                403,
                                "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
                                40,
                                10),
                        (c, w) -> c.exchangeDeclare("amq.mine", "direct")),
                row(
                        "delete of a predeclared exchange",
                        channel(
                                403,
                                "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed",
                                40,
                                20),
                        (c, w) -> c.exchangeDelete("amq.direct")),
                row(
                        "declare of the default exchange",
                        channel(403, "ACCESS_REFUSED - operation not permitted on the default exchange", 40, 10),
                        (c, w) -> c.exchangeDeclare("", "direct", true)),
                row(
                        "passive declare of the default exchange",
                        channel(403, "ACCESS_REFUSED - operation not permitted on the default exchange", 40, 10),
                        (c, w) -> c.exchangeDeclarePassive("")),
                row(
                        "delete of the default exchange",
                        channel(403, "ACCESS_REFUSED - operation not permitted on the default exchange", 40, 20),
                        (c, w) -> c.exchangeDelete("")),
                row(
                        "bind to the default exchange",
                        channel(403, "ACCESS_REFUSED - operation not permitted on the default exchange", 50, 20),
                        (c, w) -> c.queueBind(w.queue, "", "key")),
                row(
                        "unbind from the default exchange",
                        channel(403, "ACCESS_REFUSED - operation not permitted on the default exchange", 50, 50),
                        (c, w) -> c.queueUnbind(w.queue, "", "key")),
                row(
                        "exchange bind to the default exchange",
                        channel(403, "ACCESS_REFUSED - operation not permitted on the default exchange", 40, 30),
                        (c, w) -> c.exchangeBind(w.exchange, "", "key")),
                row(
                        "publish to an internal exchange",
                        channel(403, "ACCESS_REFUSED - cannot publish to internal exchange '{m}' in vhost '/'", 60, 40),
                        (c, w) -> {
                            c.exchangeDeclare(w.missing, "direct", false, true, true, null);
                            c.queueBind(w.queue, w.missing, "k");
                            c.basicPublish(w.missing, "", null, new byte[0]);
                        }),
                row(
                        "exclusive consumer beside another",
                        channel(403, "ACCESS_REFUSED - queue '{q}' in vhost '/' in exclusive use", 60, 20),
                        (c, w) -> {
                            c.basicConsume(w.queue, false, "", false, false, null, new DefaultConsumer(c));
                            c.basicConsume(w.queue, false, "", false, true, null, new DefaultConsumer(c));
                        }),
                row(
                        "consumer beside an exclusive one",
                        channel(403, "ACCESS_REFUSED - queue '{q}' in vhost '/' in exclusive use", 60, 20),
                        (c, w) -> {
                            c.basicConsume(w.queue, false, "", false, true, null, new DefaultConsumer(c));
                            c.basicConsume(w.queue, false, "", false, false, null, new DefaultConsumer(c));
                        }));
    }

    private static Stream<Row> locked() {
        return Stream.of(
                row(
                        "declare of another's exclusive queue",
                        channel(405, LOCKED.formatted("{x}-locked"), 50, 10),
                        (c, w) -> c.queueDeclare(w.lock(), false, true, false, null)),
                row(
                        "passive declare of another's exclusive queue",
                        channel(405, LOCKED.formatted("{x}-locked"), 50, 10),
                        (c, w) -> c.queueDeclarePassive(w.lock())),
                row(
                        "consume from another's exclusive queue",
                        channel(405, LOCKED.formatted("{x}-locked"), 60, 20),
                        (c, w) -> c.basicConsume(w.lock(), new DefaultConsumer(c))),
                row(
                        "get from another's exclusive queue",
                        channel(405, LOCKED.formatted("{x}-locked"), 60, 70),
                        (c, w) -> c.basicGet(w.lock(), true)),
                row(
                        "purge of another's exclusive queue",
                        channel(405, LOCKED.formatted("{x}-locked"), 50, 30),
                        (c, w) -> c.queuePurge(w.lock())),
                row(
                        "delete of another's exclusive queue",
                        channel(405, LOCKED.formatted("{x}-locked"), 50, 40),
                        (c, w) -> c.queueDelete(w.lock())),
                row(
                        "bind of another's exclusive queue",
                        channel(405, LOCKED.formatted("{x}-locked"), 50, 20),
                        (c, w) -> c.queueBind(w.lock(), w.exchange, "")),
                row(
                        "declare of a shared queue as exclusive",
                        channel(405, LOCKED.formatted("{q}"), 50, 10),
                        (c, w) -> c.queueDeclare(w.queue, true, true, false, null)));
    }

    /// An exclusive queue of another connection.
    private String lock() throws IOException {
        return amqp.channel()
                .queueDeclare(exchange + "-locked", false, true, false, null)
                .getQueue();
    }

    private static Stream<Row> inequivalent() {
        return Stream.of(
                row(
                        "redeclare of a durable queue as transient",
                        channel(
                                406,
                                "PRECONDITION_FAILED - inequivalent arg 'durable' for queue '{q}' in vhost '/': received 'false' but current is 'true'",
                                50,
                                10),
                        (c, w) -> c.queueDeclare(w.queue, false, false, false, null)),
                row(
                        "redeclare of a queue as auto-delete",
                        channel(
                                406,
                                "PRECONDITION_FAILED - inequivalent arg 'auto_delete' for queue '{q}' in vhost '/': received 'true' but current is 'false'",
                                50,
                                10),
                        (c, w) -> c.queueDeclare(w.queue, true, false, true, null)),
                row(
                        "redeclare of a queue with another argument",
                        channel(
                                406,
                                "PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue '{q}' in vhost '/': received the value '10' of type 'signedint' but current is none",
                                50,
                                10),
                        (c, w) -> c.queueDeclare(w.queue, true, false, false, Map.of("x-max-length", 10))),
                row(
                        "redeclare of a queue without its argument",
                        channel(
                                406,
                                "PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue '{m}' in vhost '/': received none but current is the value '10' of type 'signedint'",
                                50,
                                10),
                        (c, w) -> {
                            assumeFalse(BrokerUnderTest.isPosthorn(), "no limits of queues yet");
                            c.queueDeclare(w.missing, false, true, false, Map.of("x-max-length", 10));
                            c.queueDeclare(w.missing, false, true, false, null);
                        }),
                row(
                        "redeclare of an exchange with another type",
                        channel(
                                406,
                                "PRECONDITION_FAILED - inequivalent arg 'type' for exchange '{x}' in vhost '/': received 'direct' but current is 'fanout'",
                                40,
                                10),
                        (c, w) -> c.exchangeDeclare(w.exchange, "direct")),
                row(
                        "redeclare of an exchange as durable",
                        channel(
                                406,
                                "PRECONDITION_FAILED - inequivalent arg 'durable' for exchange '{x}' in vhost '/': received 'true' but current is 'false'",
                                40,
                                10),
                        (c, w) -> c.exchangeDeclare(w.exchange, "fanout", true)),
                row(
                        "redeclare of an exchange as auto-delete",
                        channel(
                                406,
                                "PRECONDITION_FAILED - inequivalent arg 'auto_delete' for exchange '{x}' in vhost '/': received 'true' but current is 'false'",
                                40,
                                10),
                        (c, w) -> c.exchangeDeclare(w.exchange, "fanout", false, true, null)),
                row(
                        "redeclare of an exchange as internal",
                        channel(
                                406,
                                "PRECONDITION_FAILED - inequivalent arg 'internal' for exchange '{x}' in vhost '/': received 'true' but current is 'false'",
                                40,
                                10),
                        (c, w) -> c.exchangeDeclare(w.exchange, "fanout", false, false, true, null)),
                row(
                        "redeclare of an exchange with an alternate",
                        channel(
                                406,
                                "PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange '{x}' in vhost '/': received the value 'amq.fanout' of type 'longstr' but current is none",
                                40,
                                10),
                        (c, w) -> c.exchangeDeclare(
                                w.exchange, "fanout", false, false, Map.of("alternate-exchange", "amq.fanout"))),
                row(
                        "delete if-empty of a queue with messages",
                        channel(406, "PRECONDITION_FAILED - queue '{q}' in vhost '/' not empty", 50, 40),
                        (c, w) -> c.queueDelete(w.queue, false, true)),
                row(
                        "delete if-unused of a queue with a consumer",
                        channel(406, "PRECONDITION_FAILED - queue '{q}' in vhost '/' in use", 50, 40),
                        (c, w) -> {
                            Channel other = w.amqp.channel();
                            other.basicQos(1);
                            other.basicConsume(w.queue, new DefaultConsumer(other));
                            c.queueDelete(w.queue, true, false);
                        }),
                row(
                        "delete if-unused of a bound exchange",
                        channel(406, "PRECONDITION_FAILED - exchange '{x}' in vhost '/' in use", 40, 20),
                        (c, w) -> c.exchangeDelete(w.exchange, true)));
    }

    private static Stream<Row> badArguments() {
        return Stream.of(
                row(
                        "x-message-ttl of the wrong type",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue '{m}' in vhost '/': \"expected integer, got longstr\"",
                                50,
                                10),
                        (c, w) -> w.declareWith(c, "x-message-ttl", "soon")),
                row(
                        "x-message-ttl below zero",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue '{m}' in vhost '/': {value_negative,-1}",
                                50,
                                10),
                        (c, w) -> w.declareWith(c, "x-message-ttl", -1)),
                row(
                        "x-expires of zero",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid arg 'x-expires' for queue '{m}' in vhost '/': {value_zero,0}",
                                50,
                                10),
                        (c, w) -> w.declareWith(c, "x-expires", 0)),
                row(
                        "x-max-length below zero",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid arg 'x-max-length' for queue '{m}' in vhost '/': {value_negative,-1}",
                                50,
                                10),
                        (c, w) -> w.declareWith(c, "x-max-length", -1)),
                row(
                        "x-max-priority too large",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid arg 'x-max-priority' for queue '{m}' in vhost '/': {max_value_exceeded,256}",
                                50,
                                10),
                        (c, w) -> w.declareWith(c, "x-max-priority", 256)),
                row(
                        "x-overflow unknown",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid arg 'x-overflow' for queue '{m}' in vhost '/': invalid_overflow",
                                50,
                                10),
                        (c, w) -> w.declareWith(c, "x-overflow", "explode")),
                row(
                        "x-dead-letter-routing-key alone",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid arg 'x-dead-letter-routing-key' for queue '{m}' in vhost '/': routing_key_but_no_dlx_defined",
                                50,
                                10),
                        (c, w) -> w.declareWith(c, "x-dead-letter-routing-key", "key")),
                row(
                        "x-dead-letter-exchange of the wrong type",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue '{m}' in vhost '/'",
                                50,
                                10),
                        (c, w) -> w.declareWith(c, "x-dead-letter-exchange", 1)),
                row(
                        "x-queue-type unknown",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid arg 'x-queue-type' for queue '{m}' in vhost '/': \"unsupported queue type 'round'\"",
                                50,
                                10),
                        (c, w) -> w.declareWith(c, "x-queue-type", "round")),
                row(
                        "x-match unknown",
                        channel(
                                406,
                                "PRECONDITION_FAILED - Invalid x-match field value <<\"some\">>; expected all, any, all-with-x, or any-with-x",
                                50,
                                20),
                        (c, w) -> c.queueBind(w.queue, "amq.headers", "", Map.of("x-match", "some"))),
                row(
                        "x-priority of the wrong type",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid arg 'x-priority' for queue '{q}' in vhost '/': \"expected integer, got longstr\"",
                                60,
                                20),
                        (c, w) -> c.basicConsume(
                                w.queue,
                                false,
                                "",
                                false,
                                false,
                                Map.of("x-priority", "high"),
                                new DefaultConsumer(c))),
                row(
                        "unknown exchange type",
                        connection(503, "COMMAND_INVALID - unknown exchange type 'x-square'", 40, 10),
                        (c, w) -> c.exchangeDeclare(w.missing, "x-square")));
    }

    private void declareWith(Channel channel, String argument, Object value) throws IOException {
        channel.queueDeclare(missing, true, false, false, Map.of(argument, value));
    }

    private static Stream<Row> badTags() {
        return Stream.of(
                row(
                        "ack of an unknown tag",
                        channel(406, "PRECONDITION_FAILED - unknown delivery tag 7", 60, 80),
                        (c, w) -> c.basicAck(7, false)),
                row(
                        "ack of many up to an unknown tag",
                        channel(406, "PRECONDITION_FAILED - unknown delivery tag 7", 60, 80),
                        (c, w) -> c.basicAck(7, true)),
                row(
                        "ack of tag 0",
                        channel(406, "PRECONDITION_FAILED - unknown delivery tag 0", 60, 80),
                        (c, w) -> c.basicAck(0, false)),
                row(
                        "nack of an unknown tag",
                        channel(406, "PRECONDITION_FAILED - unknown delivery tag 7", 60, 120),
                        (c, w) -> c.basicNack(7, false, true)),
                row(
                        "reject of an unknown tag",
                        channel(406, "PRECONDITION_FAILED - unknown delivery tag 7", 60, 90),
                        (c, w) -> c.basicReject(7, true)),
                row(
                        "second ack of a tag",
                        channel(406, "PRECONDITION_FAILED - unknown delivery tag 1", 60, 80),
                        (c, w) -> {
                            String mine = c.queueDeclare().getQueue();
                            c.basicPublish("", mine, null, new byte[0]);
                            long tag = c.basicGet(mine, false).getEnvelope().getDeliveryTag();
                            c.basicAck(tag, false);
                            c.basicAck(tag, false);
                        }));
    }

    private static Stream<Row> modes() {
        return Stream.of(
                row(
                        "commit without a transaction",
                        channel(406, "PRECONDITION_FAILED - channel is not transactional", 90, 20),
                        (c, w) -> c.txCommit()),
                row(
                        "rollback without a transaction",
                        channel(406, "PRECONDITION_FAILED - channel is not transactional", 90, 30),
                        (c, w) -> c.txRollback()),
                row(
                        "confirms on a channel with transactions",
                        channel(406, "PRECONDITION_FAILED - cannot switch from tx to confirm mode", 85, 10),
                        (c, w) -> {
                            c.txSelect();
                            c.basicPublish("", w.queue, null, new byte[0]);
                            c.confirmSelect();
                        }),
                row(
                        "transactions on a channel with confirms",
                        channel(406, "PRECONDITION_FAILED - cannot switch from confirm to tx mode", 90, 10),
                        (c, w) -> {
                            c.confirmSelect();
                            c.txSelect();
                        }),
                row(
                        "ack of an unknown tag in a transaction",
                        channel(406, "PRECONDITION_FAILED - unknown delivery tag 123456", 60, 80),
                        (c, w) -> {
                            c.txSelect();
                            c.basicAck(123456, false);
                        }),
                row(
                        "publish to nothing in a transaction",
                        channel(404, "NOT_FOUND - no exchange '{m}' in vhost '/'", 60, 40),
                        (c, w) -> {
                            c.txSelect();
                            c.basicPublish("", w.queue, null, new byte[0]);
                            c.basicPublish(w.missing, "", null, new byte[0]);
                        }));
    }

    private static Stream<Row> badMessages() {
        return Stream.of(
                row(
                        "expiration that is no number",
                        channel(406, "PRECONDITION_FAILED - invalid expiration 'abc': no_integer", 60, 40),
                        (c, w) -> c.basicPublish(
                                "",
                                w.queue,
                                new AMQP.BasicProperties.Builder()
                                        .expiration("abc")
                                        .build(),
                                new byte[0])),
                row(
                        "expiration below zero",
                        channel(406, "PRECONDITION_FAILED - invalid expiration '-1': {value_negative,-1}", 60, 40),
                        (c, w) -> c.basicPublish(
                                "",
                                w.queue,
                                new AMQP.BasicProperties.Builder()
                                        .expiration("-1")
                                        .build(),
                                new byte[0])),
                row(
                        "another's user-id",
                        channel(
                                406,
                                "PRECONDITION_FAILED - user_id property set to 'somebody' but authenticated user was 'guest'",
                                60,
                                40),
                        (c, w) -> c.basicPublish(
                                "",
                                w.queue,
                                new AMQP.BasicProperties.Builder()
                                        .userId("somebody")
                                        .build(),
                                new byte[0])),
                row(
                        "CC that is no list",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,\"CC\",longstr}",
                                60,
                                40),
                        (c, w) -> c.basicPublish(
                                "",
                                w.queue,
                                new AMQP.BasicProperties.Builder()
                                        .headers(Map.of("CC", "x"))
                                        .build(),
                                new byte[0])),
                row(
                        "immediate",
                        connection(540, "NOT_IMPLEMENTED - immediate=true", 60, 40),
                        (c, w) -> c.basicPublish("", w.queue, false, true, null, new byte[0])));
    }

    private static Stream<Row> notAllowed() {
        return Stream.of(
                row(
                        "a consumer tag used twice",
                        connection(530, "NOT_ALLOWED - attempt to reuse consumer tag 'mine'", 60, 20),
                        (c, w) -> {
                            c.basicConsume(w.queue, false, "mine", new DefaultConsumer(c));
                            c.basicConsume(w.queue, false, "mine", new DefaultConsumer(c));
                        }),
                row(
                        "prefetch size",
                        connection(540, "NOT_IMPLEMENTED - prefetch_size!=0 (1)", 60, 10),
                        (c, w) -> c.basicQos(1, 1, false)),
                row(
                        "recover without requeue",
                        connection(540, "NOT_IMPLEMENTED - requeue=false", 60, 110),
                        (c, w) -> c.basicRecover(false)),
                row(
                        "asynchronous recover without requeue",
                        connection(540, "NOT_IMPLEMENTED - requeue=false", 60, 100),
                        (c, w) -> c.asyncRpc(new AMQP.Basic.RecoverAsync.Builder()
                                .requeue(false)
                                .build())));
    }
}

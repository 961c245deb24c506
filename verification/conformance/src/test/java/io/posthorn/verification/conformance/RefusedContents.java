package io.posthorn.verification.conformance;

import static io.posthorn.verification.conformance.Refusal.channel;
import static io.posthorn.verification.conformance.Refusal.connection;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.DefaultConsumer;
import io.posthorn.verification.conformance.ErrorMatrixTest.Operation;
import io.posthorn.verification.conformance.ErrorMatrixTest.Row;
import java.util.Map;
import java.util.stream.Stream;

/// What is refused for what is asked: arguments, delivery tags, messages, and what the channel is not made for.
final class RefusedContents {
    private RefusedContents() {}

    static Stream<Row> rows() {
        return Stream.of(badArguments(), badTags(), modes(), badMessages(), notAllowed())
                .flatMap(rows -> rows);
    }

    private static Row row(String name, Refusal refusal, Operation operation) {
        return new Row(name, refusal, operation);
    }

    /// Of a queue that is declared.
    private static Refusal invalidArgument(String argument, String why) {
        return channel(
                406,
                "PRECONDITION_FAILED - invalid arg '%s' for queue '{m}' in vhost '/': %s".formatted(argument, why),
                50,
                10);
    }

    private static Refusal unknownTag(long tag, int methodId) {
        return channel(406, "PRECONDITION_FAILED - unknown delivery tag " + tag, 60, methodId);
    }

    /// @param properties what is wrong of a message
    private static Operation publish(AMQP.BasicProperties.Builder properties) {
        return (channel, world) -> channel.basicPublish("", world.queue, properties.build(), new byte[0]);
    }

    private static Stream<Row> badArguments() {
        return Stream.of(
                row(
                        "x-message-ttl of the wrong type",
                        invalidArgument("x-message-ttl", "\"expected integer, got longstr\""),
                        (c, w) -> w.declareWith(c, "x-message-ttl", "soon")),
                row(
                        "x-message-ttl below zero",
                        invalidArgument("x-message-ttl", "{value_negative,-1}"),
                        (c, w) -> w.declareWith(c, "x-message-ttl", -1)),
                row(
                        "x-expires of zero",
                        invalidArgument("x-expires", "{value_zero,0}"),
                        (c, w) -> w.declareWith(c, "x-expires", 0)),
                row(
                        "x-max-length below zero",
                        invalidArgument("x-max-length", "{value_negative,-1}"),
                        (c, w) -> w.declareWith(c, "x-max-length", -1)),
                row(
                        "x-max-priority too large",
                        invalidArgument("x-max-priority", "{max_value_exceeded,256}"),
                        (c, w) -> w.declareWith(c, "x-max-priority", 256)),
                row(
                        "x-overflow unknown",
                        invalidArgument("x-overflow", "invalid_overflow"),
                        (c, w) -> w.declareWith(c, "x-overflow", "explode")),
                row(
                        "x-dead-letter-routing-key alone",
                        invalidArgument("x-dead-letter-routing-key", "routing_key_but_no_dlx_defined"),
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
                        invalidArgument("x-queue-type", "\"unsupported queue type 'round'\""),
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

    private static Stream<Row> badTags() {
        return Stream.of(
                row("ack of an unknown tag", unknownTag(7, 80), (c, w) -> c.basicAck(7, false)),
                row("ack of many up to an unknown tag", unknownTag(7, 80), (c, w) -> c.basicAck(7, true)),
                row("ack of tag 0", unknownTag(0, 80), (c, w) -> c.basicAck(0, false)),
                row("nack of an unknown tag", unknownTag(7, 120), (c, w) -> c.basicNack(7, false, true)),
                row("reject of an unknown tag", unknownTag(7, 90), (c, w) -> c.basicReject(7, true)),
                row("second ack of a tag", unknownTag(1, 80), (c, w) -> {
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
                        publish(new AMQP.BasicProperties.Builder().expiration("abc"))),
                row(
                        "expiration below zero",
                        channel(406, "PRECONDITION_FAILED - invalid expiration '-1': {value_negative,-1}", 60, 40),
                        publish(new AMQP.BasicProperties.Builder().expiration("-1"))),
                row(
                        "another's user-id",
                        channel(
                                406,
                                "PRECONDITION_FAILED - user_id property set to 'somebody' but authenticated user was 'guest'",
                                60,
                                40),
                        publish(new AMQP.BasicProperties.Builder().userId("somebody"))),
                row(
                        "CC that is no list",
                        channel(
                                406,
                                "PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,\"CC\",longstr}",
                                60,
                                40),
                        publish(new AMQP.BasicProperties.Builder().headers(Map.of("CC", "x")))),
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

package io.posthorn.verification.conformance;

import static io.posthorn.verification.conformance.Refusal.channel;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import io.posthorn.verification.conformance.ErrorMatrixTest.Operation;
import io.posthorn.verification.conformance.ErrorMatrixTest.Row;
import java.util.Map;
import java.util.stream.Stream;

/// What is refused for the queue or exchange that is asked for: it is not there, or somebody else's, or another one.
final class RefusedNames {
    private RefusedNames() {}

    static Stream<Row> rows() {
        return Stream.of(missing(), reserved(), locked(), inequivalent()).flatMap(rows -> rows);
    }

    private static Row row(String name, Refusal refusal, Operation operation) {
        return new Row(name, refusal, operation);
    }

    private static Refusal noQueue(int classId, int methodId) {
        return channel(404, "NOT_FOUND - no queue '{m}' in vhost '/'", classId, methodId);
    }

    private static Refusal noExchange(int classId, int methodId) {
        return channel(404, "NOT_FOUND - no exchange '{m}' in vhost '/'", classId, methodId);
    }

    private static Refusal noLastQueue(int classId, int methodId) {
        return channel(404, "NOT_FOUND - no previously declared queue", classId, methodId);
    }

    private static Refusal onDefault(int classId, int methodId) {
        return channel(403, "ACCESS_REFUSED - operation not permitted on the default exchange", classId, methodId);
    }

    private static Refusal lockedQueue(String queue, int classId, int methodId) {
        return channel(
                405,
                ("RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '%s' in vhost '/'. It could be"
                                + " originally declared on another connection or the exclusive property value does not"
                                + " match that of the original declaration.")
                        .formatted(queue),
                classId,
                methodId);
    }

    /// @param what `queue '{q}'`
    private static Refusal inequivalentArgument(
            String argument, String what, String difference, int classId, int methodId) {
        return channel(
                406,
                "PRECONDITION_FAILED - inequivalent arg '%s' for %s in vhost '/': %s"
                        .formatted(argument, what, difference),
                classId,
                methodId);
    }

    private static Stream<Row> missing() {
        return Stream.of(
                row("passive declare of a missing queue", noQueue(50, 10), (c, w) -> c.queueDeclarePassive(w.missing)),
                row(
                        "passive declare of a missing exchange",
                        noExchange(40, 10),
                        (c, w) -> c.exchangeDeclarePassive(w.missing)),
                row(
                        "consume from a missing queue",
                        noQueue(60, 20),
                        (c, w) -> c.basicConsume(w.missing, new DefaultConsumer(c))),
                row("get from a missing queue", noQueue(60, 70), (c, w) -> c.basicGet(w.missing, true)),
                row("purge of a missing queue", noQueue(50, 30), (c, w) -> c.queuePurge(w.missing)),
                row("bind of a missing queue", noQueue(50, 20), (c, w) -> c.queueBind(w.missing, w.exchange, "")),
                row("bind to a missing exchange", noExchange(50, 20), (c, w) -> c.queueBind(w.queue, w.missing, "")),
                row(
                        "exchange bind to a missing source",
                        noExchange(40, 30),
                        (c, w) -> c.exchangeBind(w.exchange, w.missing, "")),
                row(
                        "exchange bind of a missing destination",
                        noExchange(40, 30),
                        (c, w) -> c.exchangeBind(w.missing, w.exchange, "")),
                row(
                        "publish to a missing exchange",
                        noExchange(60, 40),
                        (c, w) -> c.basicPublish(w.missing, "", null, new byte[0])),
                row(
                        "consume from the last queue when none was declared",
                        noLastQueue(60, 20),
                        (c, w) -> c.basicConsume("", new DefaultConsumer(c))),
                row(
                        "get from the last queue when none was declared",
                        noLastQueue(60, 70),
                        (c, w) -> c.basicGet("", true)),
                row(
                        "bind of the last queue when none was declared",
                        noLastQueue(50, 20),
                        (c, w) -> c.queueBind("", w.exchange, "")),
                row("purge of the last queue when none was declared", noLastQueue(50, 30), (c, w) -> c.queuePurge("")),
                row(
                        "delete of the last queue when none was declared",
                        noLastQueue(50, 40),
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
                        onDefault(40, 10),
                        (c, w) -> c.exchangeDeclare("", "direct", true)),
                row(
                        "passive declare of the default exchange",
                        onDefault(40, 10),
                        (c, w) -> c.exchangeDeclarePassive("")),
                row("delete of the default exchange", onDefault(40, 20), (c, w) -> c.exchangeDelete("")),
                row("bind to the default exchange", onDefault(50, 20), (c, w) -> c.queueBind(w.queue, "", "key")),
                row("unbind from the default exchange", onDefault(50, 50), (c, w) -> c.queueUnbind(w.queue, "", "key")),
                row(
                        "exchange bind to the default exchange",
                        onDefault(40, 30),
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
                        lockedQueue("{x}-locked", 50, 10),
                        (c, w) -> c.queueDeclare(w.lock(), false, true, false, null)),
                row(
                        "passive declare of another's exclusive queue",
                        lockedQueue("{x}-locked", 50, 10),
                        (c, w) -> c.queueDeclarePassive(w.lock())),
                row(
                        "consume from another's exclusive queue",
                        lockedQueue("{x}-locked", 60, 20),
                        (c, w) -> c.basicConsume(w.lock(), new DefaultConsumer(c))),
                row(
                        "get from another's exclusive queue",
                        lockedQueue("{x}-locked", 60, 70),
                        (c, w) -> c.basicGet(w.lock(), true)),
                row(
                        "purge of another's exclusive queue",
                        lockedQueue("{x}-locked", 50, 30),
                        (c, w) -> c.queuePurge(w.lock())),
                row(
                        "delete of another's exclusive queue",
                        lockedQueue("{x}-locked", 50, 40),
                        (c, w) -> c.queueDelete(w.lock())),
                row(
                        "bind of another's exclusive queue",
                        lockedQueue("{x}-locked", 50, 20),
                        (c, w) -> c.queueBind(w.lock(), w.exchange, "")),
                row(
                        "declare of a shared queue as exclusive",
                        lockedQueue("{q}", 50, 10),
                        (c, w) -> c.queueDeclare(w.queue, true, true, false, null)));
    }

    private static Stream<Row> inequivalent() {
        return Stream.of(
                row(
                        "redeclare of a durable queue as transient",
                        inequivalentArgument(
                                "durable", "queue '{q}'", "received 'false' but current is 'true'", 50, 10),
                        (c, w) -> c.queueDeclare(w.queue, false, false, false, null)),
                row(
                        "redeclare of a queue as auto-delete",
                        inequivalentArgument(
                                "auto_delete", "queue '{q}'", "received 'true' but current is 'false'", 50, 10),
                        (c, w) -> c.queueDeclare(w.queue, true, false, true, null)),
                row(
                        "redeclare of a queue with another argument",
                        inequivalentArgument(
                                "x-max-length",
                                "queue '{q}'",
                                "received the value '10' of type 'signedint' but current is none",
                                50,
                                10),
                        (c, w) -> c.queueDeclare(w.queue, true, false, false, Map.of("x-max-length", 10))),
                row(
                        "redeclare of a queue without its argument",
                        inequivalentArgument(
                                "x-max-length",
                                "queue '{m}'",
                                "received none but current is the value '10' of type 'signedint'",
                                50,
                                10),
                        (c, w) -> {
                            c.queueDeclare(w.missing, false, true, false, Map.of("x-max-length", 10));
                            c.queueDeclare(w.missing, false, true, false, null);
                        }),
                row(
                        "redeclare of an exchange with another type",
                        inequivalentArgument(
                                "type", "exchange '{x}'", "received 'direct' but current is 'fanout'", 40, 10),
                        (c, w) -> c.exchangeDeclare(w.exchange, "direct")),
                row(
                        "redeclare of an exchange as durable",
                        inequivalentArgument(
                                "durable", "exchange '{x}'", "received 'true' but current is 'false'", 40, 10),
                        (c, w) -> c.exchangeDeclare(w.exchange, "fanout", true)),
                row(
                        "redeclare of an exchange as auto-delete",
                        inequivalentArgument(
                                "auto_delete", "exchange '{x}'", "received 'true' but current is 'false'", 40, 10),
                        (c, w) -> c.exchangeDeclare(w.exchange, "fanout", false, true, null)),
                row(
                        "redeclare of an exchange as internal",
                        inequivalentArgument(
                                "internal", "exchange '{x}'", "received 'true' but current is 'false'", 40, 10),
                        (c, w) -> c.exchangeDeclare(w.exchange, "fanout", false, false, true, null)),
                row(
                        "redeclare of an exchange with an alternate",
                        inequivalentArgument(
                                "alternate-exchange",
                                "exchange '{x}'",
                                "received the value 'amq.fanout' of type 'longstr' but current is none",
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
}

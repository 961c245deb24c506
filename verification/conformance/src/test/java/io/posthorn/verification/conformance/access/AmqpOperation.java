package io.posthorn.verification.conformance.access;

import static io.posthorn.verification.conformance.access.Need.any;
import static io.posthorn.verification.conformance.access.Need.configure;
import static io.posthorn.verification.conformance.access.Need.read;
import static io.posthorn.verification.conformance.access.Need.write;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.ExchangeMethod;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.QueueMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Something that a client does, and what it takes.
///
/// @param of the method it is about; one has several where arguments take more
/// @param needs all of them
record AmqpOperation(String name, Class<? extends Method> of, List<Need> needs, Act act) {
    private static final AMQP.BasicProperties PLAIN = new AMQP.BasicProperties();

    interface Act {
        void on(Channel channel) throws IOException;
    }

    /// What there is of each kind: two queues `q`, `p` and two exchanges `x`, `y`, of which `p` and `y` are not
    /// declared yet.
    static List<AmqpOperation> on(String owner) {
        String q = owner + "-q";
        String p = owner + "-p";
        String x = owner + "-x";
        String y = owner + "-y";
        var all = new ArrayList<AmqpOperation>();
        onQueues(all, q, p, x);
        onExchanges(all, x, y);
        onMessages(all, q, x);
        return all;
    }

    private static void onQueues(List<AmqpOperation> all, String q, String p, String x) {
        var declare = QueueMethod.Declare.class;
        add(all, "declare a queue", declare, List.of(configure(p)), c -> declare(c, p, Map.of()));
        add(all, "declare a queue again", declare, List.of(configure(q)), c -> declare(c, q, Map.of()));
        add(all, "declare a queue that is named here", declare, List.of(configure("amq.gen-")), Channel::queueDeclare);
        add(all, "look at a queue", declare, List.of(any(q)), c -> c.queueDeclarePassive(q));
        add(
                all,
                "dead letters",
                declare,
                List.of(configure(p), read(p), write(x)),
                c -> declare(c, p, Map.of("x-dead-letter-exchange", x)));
        add(
                all,
                "dead letters to a queue",
                declare,
                List.of(configure(p), read(p), write("amq.default")),
                c -> declare(c, p, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", q)));
        add(all, "bind a queue", QueueMethod.Bind.class, List.of(write(q), read(x)), c -> c.queueBind(q, x, "k"));
        add(all, "unbind a queue", QueueMethod.Unbind.class, List.of(write(q), read(x)), c -> c.queueUnbind(q, x, "b"));
        add(all, "purge", QueueMethod.Purge.class, List.of(read(q)), c -> c.queuePurge(q));
        add(all, "delete a queue", QueueMethod.Delete.class, List.of(configure(q)), c -> c.queueDelete(q));
        add(all, "delete no queue", QueueMethod.Delete.class, List.of(configure(p)), c -> c.queueDelete(p));
    }

    private static void declare(Channel channel, String queue, Map<String, Object> arguments) throws IOException {
        channel.queueDeclare(queue, true, false, false, arguments);
    }

    private static void onExchanges(List<AmqpOperation> all, String x, String y) {
        var declare = ExchangeMethod.Declare.class;
        add(all, "declare an exchange", declare, List.of(configure(y)), c -> c.exchangeDeclare(y, "fanout"));
        add(all, "declare an exchange again", declare, List.of(configure(x)), c -> c.exchangeDeclare(x, "topic", true));
        add(all, "look at an exchange", declare, List.of(any(x)), c -> c.exchangeDeclarePassive(x));
        add(
                all,
                "an alternate exchange",
                declare,
                List.of(configure(y), read(y), write(x)),
                c -> c.exchangeDeclare(y, "fanout", false, false, Map.of("alternate-exchange", x)));
        add(
                all,
                "bind an exchange",
                ExchangeMethod.Bind.class,
                List.of(write(x), read(x)),
                c -> c.exchangeBind(x, x, "k"));
        add(
                all,
                "unbind an exchange",
                ExchangeMethod.Unbind.class,
                List.of(write(x), read(x)),
                c -> c.exchangeUnbind(x, x, "k"));
        add(all, "delete an exchange", ExchangeMethod.Delete.class, List.of(configure(x)), c -> c.exchangeDelete(x));
    }

    private static void onMessages(List<AmqpOperation> all, String q, String x) {
        var publish = BasicMethod.Publish.class;
        add(all, "publish", publish, List.of(write(x)), c -> publish(c, x, "b", PLAIN));
        add(all, "publish to nobody", publish, List.of(write(x)), c -> publish(c, x, "nobody", PLAIN));
        add(all, "publish to a queue", publish, List.of(write("amq.default")), c -> publish(c, "", q, PLAIN));
        add(
                all,
                "publish with copies",
                publish,
                List.of(write(x)),
                c -> publish(c, x, "b", headers(Map.of("CC", List.of("b"), "BCC", List.of(q)))));
        add(all, "publish in a transaction", publish, List.of(write(x)), c -> {
            c.txSelect();
            publish(c, x, "b", PLAIN);
            c.txCommit();
        });
        add(all, "request", publish, List.of(write(x)), c -> {
            c.basicConsume("amq.rabbitmq.reply-to", true, new DefaultConsumer(c));
            publish(c, x, "b", PLAIN.builder().replyTo("amq.rabbitmq.reply-to").build());
        });
        add(
                all,
                "reply",
                publish,
                List.of(write("amq.default")),
                c -> publish(c, "", "amq.rabbitmq.reply-to.nobody", PLAIN));
        add(
                all,
                "consume",
                BasicMethod.Consume.class,
                List.of(read(q)),
                c -> c.basicConsume(q, true, new DefaultConsumer(c)));
        add(
                all,
                "await replies",
                BasicMethod.Consume.class,
                List.of(),
                c -> c.basicConsume("amq.rabbitmq.reply-to", true, new DefaultConsumer(c)));
        add(all, "get", BasicMethod.Get.class, List.of(read(q)), c -> c.basicGet(q, true));
    }

    private static AMQP.BasicProperties headers(Map<String, Object> headers) {
        return PLAIN.builder().headers(headers).build();
    }

    // The answer to what follows says whether the message was taken.
    private static void publish(Channel channel, String exchange, String key, AMQP.BasicProperties properties)
            throws IOException {
        channel.basicPublish(exchange, key, properties, "planted-body".getBytes(StandardCharsets.UTF_8));
        channel.basicQos(0);
    }

    private static void add(
            List<AmqpOperation> all, String name, Class<? extends Method> of, List<Need> needs, Act act) {
        all.add(new AmqpOperation(name, of, needs, act));
    }
}

package io.posthorn.protocol.amqp;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.ExchangeMethod;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.QueueMethod;
import io.posthorn.protocol.amqp.wire.ReplyCode;

/// The methods of classes exchange and queue.
final class ChannelTopology {
    private static final long MOST_IN_LONG = 0xffff_ffffL;

    private final AmqpChannel channel;
    private final BrokerSession session;

    /// What the empty name stands for; empty until a queue was declared on this channel.
    private String lastQueue = "";

    ChannelTopology(AmqpChannel channel) {
        this.channel = channel;
        this.session = channel.session();
    }

    void onMethod(QueueMethod method) {
        switch (method) {
            case QueueMethod.Declare declare -> declare(declare);
            case QueueMethod.Bind bind -> bind(bind);
            case QueueMethod.Unbind unbind -> unbind(unbind);
            case QueueMethod.Purge purge -> purge(purge);
            case QueueMethod.Delete delete -> delete(delete);
            case QueueMethod.DeclareOk _,
                    QueueMethod.BindOk _,
                    QueueMethod.UnbindOk _,
                    QueueMethod.PurgeOk _,
                    QueueMethod.DeleteOk _ -> throw AmqpChannel.unexpected(method);
        }
    }

    void onMethod(ExchangeMethod method) {
        switch (method) {
            case ExchangeMethod.Declare declare -> declare(declare);
            case ExchangeMethod.Delete delete -> delete(delete);
            case ExchangeMethod.Bind bind -> bind(bind);
            case ExchangeMethod.Unbind unbind -> unbind(unbind);
            case ExchangeMethod.DeclareOk _,
                    ExchangeMethod.DeleteOk _,
                    ExchangeMethod.BindOk _,
                    ExchangeMethod.UnbindOk _ -> throw AmqpChannel.unexpected(method);
        }
    }

    /// The queue a method means: the empty name is the one declared last on this channel (§1.7.2.1).
    String queue(String name, Method method) {
        if (!name.isEmpty()) {
            return withoutLineBreaks(name);
        }
        if (lastQueue.isEmpty()) {
            throw new AmqpException(ReplyCode.NOT_FOUND, "no previously declared queue", method.id());
        }
        return lastQueue;
    }

    private void declare(QueueMethod.Declare method) {
        String name = withoutLineBreaks(method.queue());
        if (DirectReply.isOrBegins(name)) {
            channel.<QueueStatus>command(
                    method, reply -> channel.directReply().declare(name, reply), status -> declared(method, status));
        } else if (method.passive()) {
            channel.<QueueStatus>command(
                    method, reply -> session.queueStatus(name, reply), status -> declared(method, status));
        } else {
            var spec =
                    new QueueSpec(name, method.durable(), method.exclusive(), method.autoDelete(), method.arguments());
            channel.<QueueStatus>command(
                    method, reply -> session.declareQueue(spec, reply), status -> declared(method, status));
        }
    }

    private void declared(QueueMethod.Declare method, QueueStatus status) {
        lastQueue = status.name();
        channel.answer(
                method.nowait(), new QueueMethod.DeclareOk(status.name(), count(status.ready()), status.consumers()));
    }

    private void bind(QueueMethod.Bind method) {
        String queue = queue(method.queue(), method);
        channel.directReply().refuseBinding(queue, method);
        var binding = new BindingSpec(
                withoutLineBreaks(method.exchange()),
                Destination.QUEUE,
                queue,
                routingKey(method.queue(), method.routingKey(), queue),
                method.arguments());
        channel.<Done>command(
                method,
                reply -> session.bind(binding, reply),
                _ -> channel.answer(method.nowait(), new QueueMethod.BindOk()));
    }

    private void unbind(QueueMethod.Unbind method) {
        String queue = queue(method.queue(), method);
        var binding = new BindingSpec(
                withoutLineBreaks(method.exchange()),
                Destination.QUEUE,
                queue,
                routingKey(method.queue(), method.routingKey(), queue),
                method.arguments());
        channel.<Done>command(
                method, reply -> session.unbind(binding, reply), _ -> channel.send(new QueueMethod.UnbindOk()));
    }

    // With neither queue nor routing key given, the name of the queue is both.
    private static String routingKey(String queueGiven, String routingKey, String queue) {
        return queueGiven.isEmpty() && routingKey.isEmpty() ? queue : routingKey;
    }

    private void purge(QueueMethod.Purge method) {
        String queue = queue(method.queue(), method);
        channel.<Long>command(
                method,
                reply -> session.purgeQueue(queue, reply),
                purged -> channel.answer(method.nowait(), new QueueMethod.PurgeOk(count(purged))));
    }

    private void delete(QueueMethod.Delete method) {
        String queue = queue(method.queue(), method);
        channel.<Long>command(
                method,
                reply -> session.deleteQueue(queue, method.ifUnused(), method.ifEmpty(), reply),
                deleted -> channel.answer(method.nowait(), new QueueMethod.DeleteOk(count(deleted))));
    }

    private void declare(ExchangeMethod.Declare method) {
        String name = withoutLineBreaks(method.exchange());
        if (name.isEmpty()) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange", method.id());
        }
        var spec = new ExchangeSpec(
                name, method.type(), method.durable(), method.autoDelete(), method.internal(), method.arguments());
        channel.<Done>command(
                method,
                reply -> {
                    if (method.passive()) {
                        session.checkExchange(name, reply);
                    } else {
                        session.declareExchange(spec, reply);
                    }
                },
                _ -> channel.answer(method.nowait(), new ExchangeMethod.DeclareOk()));
    }

    private void delete(ExchangeMethod.Delete method) {
        String name = withoutLineBreaks(method.exchange());
        channel.<Done>command(
                method,
                reply -> session.deleteExchange(name, method.ifUnused(), reply),
                _ -> channel.answer(method.nowait(), new ExchangeMethod.DeleteOk()));
    }

    private void bind(ExchangeMethod.Bind method) {
        var binding = new BindingSpec(
                method.source(), Destination.EXCHANGE, method.destination(), method.routingKey(), method.arguments());
        channel.<Done>command(
                method,
                reply -> session.bind(binding, reply),
                _ -> channel.answer(method.nowait(), new ExchangeMethod.BindOk()));
    }

    private void unbind(ExchangeMethod.Unbind method) {
        var binding = new BindingSpec(
                method.source(), Destination.EXCHANGE, method.destination(), method.routingKey(), method.arguments());
        channel.<Done>command(
                method,
                reply -> session.unbind(binding, reply),
                _ -> channel.answer(method.nowait(), new ExchangeMethod.UnbindOk()));
    }

    // As RabbitMQ does; a name with them would be a trap for whoever reads it in a list.
    private static String withoutLineBreaks(String name) {
        return name.indexOf('\n') < 0 && name.indexOf('\r') < 0
                ? name
                : name.replace("\n", "").replace("\r", "");
    }

    private static long count(long messages) {
        return Math.min(messages, MOST_IN_LONG);
    }
}

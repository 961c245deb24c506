package io.posthorn.protocol.amqp;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.broker.ReplyAddress;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import org.jspecify.annotations.Nullable;

/// Direct reply-to of one channel, an extension of RabbitMQ: who consumes the queue that is none gets an address, and
/// requests that name this queue in `reply_to` carry the address instead.
final class DirectReply {
    private static final String QUEUE = "amq.rabbitmq.reply-to";

    private final BrokerSession session;
    private @Nullable ReplyAddress address;

    DirectReply(BrokerSession session) {
        this.session = session;
    }

    static boolean is(@Nullable String queue) {
        return QUEUE.equals(queue);
    }

    /// Whether a name is the queue that is none, or looks like the address of a requester.
    static boolean isOrBegins(String queue) {
        return queue.startsWith(QUEUE);
    }

    /// Declaring creates nothing: it is how clients ask whether this is served here, or whether a requester is still
    /// there.
    void declare(String queue, Reply<QueueStatus> reply) {
        if (is(queue)) {
            reply.ok(new QueueStatus(queue, false, true, true, 0, 0, 1, 0, null, "classic"));
        } else {
            session.queueStatus(queue, reply);
        }
    }

    ReplyAddress consume(BasicMethod.Consume method, DeliverySink sink) {
        if (!method.noAck()) {
            throw AmqpChannel.preconditionFailed("reply consumer cannot acknowledge", method);
        }
        if (address != null) {
            throw AmqpChannel.preconditionFailed("reply consumer already set", method);
        }
        address = session.replyAddress(sink);
        return address;
    }

    /// What the requests of this channel carry.
    String address(BasicMethod.Publish request) {
        if (address == null) {
            throw AmqpChannel.preconditionFailed("fast reply consumer does not exist", request);
        }
        return address.name();
    }

    /// A consumer of the channel was cancelled.
    void cancelled(Object handle) {
        if (handle.equals(address)) {
            address = null;
        }
    }

    void refuseGet(String queue, Method get) {
        if (is(queue)) {
            throw AmqpChannel.notImplemented("basic.get not supported by volatile " + text(queue), get);
        }
    }

    void refuseBinding(String queue, Method bind) {
        if (isOrBegins(queue)) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "operation not permitted on " + text(queue), bind.id());
        }
    }

    private String text(String queue) {
        return "queue '%s' in vhost '%s'".formatted(queue, session.virtualHost());
    }
}

package io.posthorn.protocol.amqp;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Reply;
import io.posthorn.broker.Transaction;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.TxMethod;
import java.util.ArrayList;
import java.util.List;

/// The transaction mode of a channel (§1.9): publishes and settlements are kept back, those of messages that go
/// nowhere too, until the client commits. Settlements are kept with the deliveries.
final class ChannelTransaction {
    private final AmqpChannel channel;
    private final Transaction transaction;
    private final List<Returned> returned = new ArrayList<>();
    private long returnedBytes;
    private long counted;

    /// A mandatory message that has no queue.
    private record Returned(BasicMethod.Publish method, Bytes properties, Bytes body) {
        long size() {
            return properties.length() + (long) body.length();
        }
    }

    ChannelTransaction(AmqpChannel channel) {
        this.channel = channel;
        this.transaction = channel.session().transaction();
    }

    /// @param properties as they came
    /// @throws BrokerException when the message is refused
    void publish(BasicMethod.Publish method, Message message, Bytes properties) {
        int queues = transaction.publish(message);
        if (queues == 0 && method.mandatory()) {
            keep(new Returned(method, properties, message.body().copy()));
        }
        count();
    }

    // One that is only to come back is as large as one that is to go somewhere.
    private void keep(Returned message) {
        int most = channel.connection().protocol().settings().maxMessageSize();
        if (returnedBytes + message.size() > most) {
            throw new BrokerException.LimitReached(
                    "returned messages of more than " + most + " bytes in a transaction");
        }
        returnedBytes += message.size();
        returned.add(message);
    }

    void commit(TxMethod.Commit method) {
        channel.deliveries().settleHeldBack(transaction);
        channel.<Done>command(method, reply -> transaction.commit(new Partial(reply)), _ -> committed());
        channel.deliveries().leaveSettled();
    }

    private void committed() {
        for (Returned each : returned) {
            channel.publishing().giveBack(each.method(), each.properties(), each.body());
        }
        forgetReturned();
        channel.send(new TxMethod.CommitOk());
    }

    void rollback() {
        transaction.rollback();
        channel.deliveries().takeBack();
        forgetReturned();
        channel.send(new TxMethod.RollbackOk());
    }

    void close() {
        transaction.rollback();
        forgetReturned();
    }

    private void forgetReturned() {
        returned.clear();
        returnedBytes = 0;
        count();
    }

    // What is being committed is counted until that is answered.
    private void count() {
        long now = transaction.heldBytes() + returnedBytes;
        channel.connection().holds(now - counted);
        counted = now;
    }

    /// RabbitMQ has one answer for a commit that a queue has refused; why the storage or the broker failed is told.
    private record Partial(Reply<Done> reply) implements Reply<Done> {
        @Override
        public void ok(Done value) {
            reply.ok(value);
        }

        @Override
        public void failed(BrokerException cause) {
            reply.failed(
                    switch (cause) {
                        case BrokerException.StorageFull _,
                                BrokerException.StorageFailed _,
                                BrokerException.ShuttingDown _ -> cause;
                        default -> new BrokerException.PreconditionFailed("partial tx completion");
                    });
        }
    }
}

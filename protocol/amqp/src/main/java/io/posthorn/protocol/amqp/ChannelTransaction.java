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
///
/// A mandatory message comes back when at the commit no queue is left of those it was routed to.
final class ChannelTransaction {
    private final AmqpChannel channel;
    private final Transaction transaction;
    private final List<Mandatory> mandatory = new ArrayList<>();

    /// Of the messages that had no queue from the start, which are kept here only; and of all kept here.
    private long returnedBytes;

    private long keptBytes;
    private long counted;
    private long uncommitted;

    /// A message that is to come back when it goes nowhere.
    private record Mandatory(
            BasicMethod.Publish method, Bytes properties, Bytes body, Transaction.Destination destination) {
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
        uncommitted++;
        if (method.mandatory()) {
            keep(new Mandatory(method, properties, message.body().copy(), transaction.destination()), queues == 0);
        }
        count();
    }

    // The transaction itself bounds those that go somewhere; one that is only to come back is as large as they are.
    private void keep(Mandatory message, boolean returned) {
        int most = channel.connection().protocol().settings().maxMessageSize();
        if (returned && returnedBytes + message.size() > most) {
            throw new BrokerException.LimitReached(
                    "returned messages of more than " + most + " bytes in a transaction");
        }
        returnedBytes += returned ? message.size() : 0;
        keptBytes += message.size();
        mandatory.add(message);
    }

    void commit(TxMethod.Commit method) {
        mandatory.removeIf(each -> each.destination().isThere());
        channel.deliveries().settleHeldBack(transaction);
        channel.<Done>command(method, reply -> transaction.commit(new Partial(reply)), _ -> committed());
        channel.deliveries().leaveSettled();
    }

    private void committed() {
        for (Mandatory each : mandatory) {
            channel.publishing().giveBack(each.method(), each.properties(), each.body());
        }
        forgetMandatory();
        channel.send(new TxMethod.CommitOk());
    }

    void rollback() {
        transaction.rollback();
        channel.deliveries().takeBack();
        forgetMandatory();
        channel.send(new TxMethod.RollbackOk());
    }

    void close() {
        transaction.rollback();
        forgetMandatory();
    }

    /// Publishes that wait for the commit.
    long uncommitted() {
        return uncommitted;
    }

    private void forgetMandatory() {
        uncommitted = 0;
        mandatory.clear();
        returnedBytes = 0;
        keptBytes = 0;
        count();
    }

    // What is being committed is counted until that is answered.
    private void count() {
        long now = transaction.heldBytes() + keptBytes;
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

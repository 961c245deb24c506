package io.posthorn.protocol.amqp;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Reply;
import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.ChannelMethod;
import io.posthorn.protocol.amqp.wire.ConfirmMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.ExchangeMethod;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.QueueMethod;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import io.posthorn.protocol.amqp.wire.TxMethod;
import io.posthorn.transport.ReadGate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An open channel: hands each method to what it concerns. Confined to the thread of its connection.
final class AmqpChannel implements Channels.Slot {
    private final int number;
    private final AmqpConnection connection;
    private final Tally tally = new Tally();
    private final BrokerSession session;
    private final ChannelPublishing publishing;
    private final ChannelDeliveries deliveries;
    private final ChannelTopology topology;
    private final DirectReply directReply;
    private final List<Method> behindAnswer = new ArrayList<>();
    private boolean answering;
    private @Nullable ChannelTransaction transaction;
    private boolean closed;

    /// When the peer last asked for something.
    private long usedAt;

    AmqpChannel(int number, AmqpConnection connection, Channels channels) {
        this.number = number;
        this.connection = connection;
        this.session = connection.session();
        this.usedAt = connection.now();
        this.publishing = new ChannelPublishing(this, channels);
        this.directReply = new DirectReply(session);
        this.topology = new ChannelTopology(this);
        this.deliveries = new ChannelDeliveries(this, topology);
    }

    int number() {
        return number;
    }

    AmqpConnection connection() {
        return connection;
    }

    Tally tally() {
        return tally;
    }

    ChannelReport report() {
        return new ChannelReport(
                number,
                deliveries.isPaused() ? "flow" : "running",
                deliveries.prefetch(),
                deliveries.sharedPrefetch(),
                publishing.confirms(),
                transaction != null,
                deliveries.unsettled(),
                publishing.unconfirmed(),
                transaction == null ? 0 : transaction.uncommitted(),
                deliveries.heldBack(),
                usedAt,
                tally.now(),
                deliveries.reports());
    }

    BrokerSession session() {
        return session;
    }

    ChannelPublishing publishing() {
        return publishing;
    }

    ChannelDeliveries deliveries() {
        return deliveries;
    }

    DirectReply directReply() {
        return directReply;
    }

    /// Null unless the channel is in transaction mode.
    @Nullable
    ChannelTransaction transaction() {
        return transaction;
    }

    boolean isClosed() {
        return closed;
    }

    void onMethod(Method method) {
        publishing.checkNoContentIsDue(method);
        usedAt = connection.now();
        try {
            dispatch(method);
        } catch (BrokerException refused) {
            throw translated(refused, method);
        }
    }

    private AmqpException translated(BrokerException refused, Method method) {
        return ReplyCodes.translate(refused, method, connection.protocol().settings());
    }

    // The methods that come with every message stand in front of the long switches.
    private void dispatch(Method method) {
        if (method instanceof BasicMethod.Publish publish) {
            publishing.begin(publish);
        } else if (method instanceof BasicMethod.Ack ack) {
            deliveries.ack(ack);
        } else {
            dispatchSeldom(method);
        }
    }

    private void dispatchSeldom(Method method) {
        switch (method) {
            case BasicMethod basic -> deliveries.onMethod(basic);
            case QueueMethod queue -> topology.onMethod(queue);
            case ExchangeMethod exchange -> topology.onMethod(exchange);
            case ChannelMethod channel -> onChannelMethod(channel);
            case ConfirmMethod.Select select -> publishing.selectConfirms(select);
            case ConfirmMethod.SelectOk ok -> throw unexpected(ok);
            case TxMethod tx -> onTxMethod(tx);
            case ConnectionMethod other -> throw unexpected(other);
        }
    }

    private void onTxMethod(TxMethod method) {
        switch (method) {
            case TxMethod.Select select -> selectTransactions(select);
            case TxMethod.Commit commit -> transactional(commit).commit(commit);
            case TxMethod.Rollback rollback -> transactional(rollback).rollback();
            case TxMethod.SelectOk _, TxMethod.CommitOk _, TxMethod.RollbackOk _ -> throw unexpected(method);
        }
    }

    private void selectTransactions(TxMethod.Select select) {
        if (publishing.confirms()) {
            throw preconditionFailed("cannot switch from confirm to tx mode", select);
        }
        if (transaction == null) {
            transaction = new ChannelTransaction(this);
        }
        send(new TxMethod.SelectOk());
    }

    private ChannelTransaction transactional(TxMethod method) {
        if (transaction == null) {
            throw preconditionFailed("channel is not transactional", method);
        }
        return transaction;
    }

    private void onChannelMethod(ChannelMethod method) {
        switch (method) {
            case ChannelMethod.Flow flow -> deliveries.flow(flow);
            case ChannelMethod.Open open ->
                throw new AmqpException(ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen", open.id());
            case ChannelMethod.OpenOk _, ChannelMethod.FlowOk _, ChannelMethod.Close _, ChannelMethod.CloseOk _ ->
                throw unexpected(method);
        }
    }

    static AmqpException notImplemented(String what, Method method) {
        return new AmqpException(ReplyCode.NOT_IMPLEMENTED, what, method.id());
    }

    static AmqpException unexpected(Method method) {
        return new AmqpException(ReplyCode.COMMAND_INVALID, "unimplemented method", method.id());
    }

    static AmqpException preconditionFailed(String text, Method method) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, text, method.id());
    }

    void send(Method method) {
        connection.send(number, method);
    }

    /// Answers, unless the client wants no answer.
    void answer(boolean nowait, Method method) {
        if (!nowait) {
            send(method);
        }
    }

    /// Says what the client did not ask for. Where it waits for an answer, that comes first: who deletes a
    /// queue hears of the end of its own consumers behind delete-ok, as from RabbitMQ.
    void sendBehindAnswer(Method method) {
        if (answering) {
            behindAnswer.add(method);
        } else {
            send(method);
        }
    }

    private void answered() {
        answering = false;
        if (!closed) {
            behindAnswer.forEach(this::send);
        }
        behindAnswer.clear();
    }

    /// Puts a command to the broker. Until it is answered, the connection decodes no further.
    <T> void command(Method method, Consumer<Reply<T>> command, Consumer<T> whenOk) {
        command(method, command, whenOk, _ -> {});
    }

    /// The same.
    ///
    /// @param tooLate what becomes of an answer that finds the channel closed
    <T> void command(Method method, Consumer<Reply<T>> command, Consumer<T> whenOk, Consumer<T> tooLate) {
        var pending = new PendingCommand<>(method, whenOk, tooLate);
        answering = true;
        command.accept(pending);
        pending.await();
    }

    /// Ends everything of this channel; deliveries not settled go back to their queues.
    void close() {
        closed = true;
        publishing.close();
        if (transaction != null) {
            transaction.close();
        }
        deliveries.close();
        session.endChannel();
    }

    private final class PendingCommand<T> implements Reply<T> {
        private final Method method;
        private final Consumer<T> whenOk;
        private final Consumer<T> tooLate;
        private boolean answered;

        PendingCommand(Method method, Consumer<T> whenOk, Consumer<T> tooLate) {
            this.method = method;
            this.whenOk = whenOk;
            this.tooLate = tooLate;
        }

        // Most answers of a shard on this very thread are there already; then the gate need not move.
        void await() {
            if (!answered) {
                connection.gate().close(ReadGate.Reason.COMMAND);
            }
        }

        @Override
        public void ok(T value) {
            answered = true;
            (closed ? tooLate : whenOk).accept(value);
            answered();
            // Many questions may have been read at once, and their answers be long.
            connection.stopIfStuffed();
            connection.gate().open(ReadGate.Reason.COMMAND);
        }

        @Override
        public void failed(BrokerException cause) {
            answered = true;
            if (!closed) {
                connection.refuse(number, translated(cause, method));
            }
            answered();
            connection.gate().open(ReadGate.Reason.COMMAND);
        }
    }
}

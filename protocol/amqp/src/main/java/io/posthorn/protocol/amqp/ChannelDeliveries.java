package io.posthorn.protocol.amqp;

import io.posthorn.broker.AllDone;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SharedCredit;
import io.posthorn.broker.Transaction;
import io.posthorn.broker.statistics.ConsumerReport;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.ChannelMethod;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a channel takes from queues: its consumers, its gets, and the deliveries not yet settled.
final class ChannelDeliveries {
    private final AmqpChannel channel;
    private final AmqpConnection connection;
    private final BrokerSession session;
    private final ChannelTopology topology;
    private final Map<String, ChannelConsumer> consumers = new HashMap<>();

    /// Cancelled, but holding deliveries still.
    private final List<DeliveryHolder> leaving = new ArrayList<>();

    /// Cancelled, and settled by the commit under way.
    private final List<DeliveryHolder> settledHolders = new ArrayList<>();

    private final UnsettledDeliveries unsettled = new UnsettledDeliveries();
    private @Nullable DeliveryHolder getter;
    private long lastTag;
    private int prefetch;
    private int sharedPrefetch;

    /// What all consumers share; null until something limits them together, or somebody wants to know what would.
    private @Nullable SharedCredit shared;

    /// Whether all of them do share it.
    private boolean isShared;

    ChannelDeliveries(AmqpChannel channel, ChannelTopology topology) {
        this.channel = channel;
        this.connection = channel.connection();
        this.session = channel.session();
        this.topology = topology;
    }

    void onMethod(BasicMethod method) {
        switch (method) {
            case BasicMethod.Ack ack -> ack(ack);
            case BasicMethod.Nack nack -> nack(nack);
            case BasicMethod.Reject reject -> reject(reject);
            case BasicMethod.Get get -> get(get);
            case BasicMethod.Consume consume -> consume(consume);
            case BasicMethod.Cancel cancel -> cancel(cancel);
            case BasicMethod.Qos qos -> qos(qos);
            case BasicMethod.Recover recover -> recover(recover.requeue(), recover);
            case BasicMethod.RecoverAsync recover -> recover(recover.requeue(), recover);
            // The answer to a cancel of ours, which needs none.
            case BasicMethod.CancelOk _ -> {}
            case BasicMethod.Publish _,
                    BasicMethod.QosOk _,
                    BasicMethod.ConsumeOk _,
                    BasicMethod.Return _,
                    BasicMethod.Deliver _,
                    BasicMethod.GetOk _,
                    BasicMethod.GetEmpty _,
                    BasicMethod.RecoverOk _ -> throw AmqpChannel.unexpected(method);
        }
    }

    void ack(BasicMethod.Ack ack) {
        settle(ack.deliveryTag(), ack.multiple(), Outcome.ACCEPTED, ack);
    }

    // RabbitMQ 4.3 tells a message that was handed back by nack from one that a consumer has failed on.
    private void nack(BasicMethod.Nack nack) {
        Outcome outcome = nack.requeue() ? Outcome.RELEASED : Outcome.REJECTED;
        settle(nack.deliveryTag(), nack.multiple(), outcome, nack);
    }

    private void reject(BasicMethod.Reject reject) {
        settle(reject.deliveryTag(), false, reject.requeue() ? Outcome.FAILED : Outcome.REJECTED, reject);
    }

    private void settle(long tag, boolean multiple, Outcome outcome, Method method) {
        // Tag 0 with multiple is everything, and there may be nothing (§1.8.3.13).
        int last = multiple && tag == 0 ? unsettled.end() - 1 : unsettled.find(tag);
        if (last < 0 && !(multiple && tag == 0)) {
            throw AmqpChannel.preconditionFailed("unknown delivery tag " + Long.toUnsignedString(tag), method);
        }
        int first = multiple ? unsettled.first() : last;
        if (outcome != Outcome.ACCEPTED) {
            checkCanComeBack(first, last, method);
        }
        if (channel.transaction() == null) {
            settle(first, last, outcome);
        } else {
            holdBack(first, last, outcome);
        }
    }

    /// What a stream delivers stays where it is: it can neither be refused nor come back.
    private void checkCanComeBack(int from, int last, Method method) {
        for (int index = from; index <= last; index++) {
            if (unsettled.isLive(index) && unsettled.holder(index).readsStream()) {
                throw AmqpChannel.notImplemented(
                        "basic.nack and basic.reject not supported by stream queues queue '%s' in vhost '%s'"
                                .formatted(unsettled.queue(index).name(), session.virtualHost()),
                        method);
            }
        }
    }

    private void settle(int from, int last, Outcome outcome) {
        for (int index = from; index <= last; index++) {
            if (unsettled.isLive(index)) {
                DeliveryHolder holder = unsettled.holder(index);
                session.settle(holder.handle(), unsettled.queue(index), unsettled.id(index), outcome);
                unsettled.remove(index);
                countSettled(outcome);
                if (holder.settled()) {
                    leave(holder);
                }
            }
        }
        unsettled.trim();
    }

    private void countSettled(Outcome outcome) {
        if (outcome == Outcome.ACCEPTED) {
            channel.tally().add(Counted.ACK, 1);
        }
    }

    // In a transaction nothing is settled before its commit, but no tag can be settled twice either.
    private void holdBack(int from, int last, Outcome outcome) {
        for (int index = from; index <= last; index++) {
            if (unsettled.isLive(index)) {
                unsettled.holdBack(index, outcome);
            }
        }
    }

    /// A commit: what was held back is settled by it.
    void settleHeldBack(Transaction transaction) {
        for (int index = unsettled.first(); index < unsettled.end(); index++) {
            Outcome outcome = unsettled.heldBack(index);
            if (outcome != null) {
                DeliveryHolder holder = unsettled.holder(index);
                transaction.settle(holder.handle(), unsettled.queue(index), unsettled.id(index), outcome);
                unsettled.remove(index);
                countSettled(outcome);
                if (holder.settled()) {
                    settledHolders.add(holder);
                }
            }
        }
        unsettled.trim();
    }

    /// The commit is on its way: who holds nothing any more can go.
    void leaveSettled() {
        settledHolders.forEach(this::leave);
        settledHolders.clear();
    }

    /// A rollback: what was held back is unsettled again.
    void takeBack() {
        unsettled.takeBack();
    }

    private void leave(DeliveryHolder holder) {
        leaving.remove(holder);
        holder.handle().close();
    }

    private void recover(boolean requeue, Method method) {
        if (!requeue) {
            throw AmqpChannel.notImplemented("requeue=false", method);
        }
        checkCanComeBack(unsettled.first(), unsettled.end() - 1, method);
        settle(unsettled.first(), unsettled.end() - 1, Outcome.RELEASED);
        if (method instanceof BasicMethod.Recover) {
            channel.send(new BasicMethod.RecoverOk());
        }
    }

    // With global, the limit is one over the whole channel, at once; without, one for each consumer started later.
    private void qos(BasicMethod.Qos qos) {
        if (qos.prefetchSize() != 0) {
            throw AmqpChannel.notImplemented("prefetch_size!=0 (" + qos.prefetchSize() + ")", qos);
        }
        if (qos.global()) {
            sharedPrefetch = qos.prefetchCount();
            limitAll(qos);
        } else {
            prefetch = qos.prefetchCount();
            // RabbitMQ's way: who asks for a limit of each consumer has given up the shared one.
            if (shared != null) {
                shared.limit(0);
                sharedPrefetch = 0;
            }
            channel.send(new BasicMethod.QosOk());
        }
    }

    private void limitAll(BasicMethod.Qos qos) {
        if (shared == null && qos.prefetchCount() == 0) {
            channel.send(new BasicMethod.QosOk());
        } else {
            share(qos, credit -> credit.limit(qos.prefetchCount()), () -> channel.send(new BasicMethod.QosOk()));
        }
    }

    /// The client starts or stops what we send it (§1.5.2.3). Only deliveries to consumers are content that it has
    /// not asked for; gets go on.
    void flow(ChannelMethod.Flow flow) {
        var ok = new ChannelMethod.FlowOk(flow.active());
        if (!flow.active()) {
            share(flow, SharedCredit::pause, () -> channel.send(ok));
            return;
        }
        if (shared != null) {
            shared.resume();
            consumers.values().forEach(consumer -> consumer.holder().handle().resume());
        }
        channel.send(ok);
    }

    /// Changes what the consumers of the channel share; when that is true for all of them, goes on.
    private void share(Method method, Consumer<SharedCredit> change, Runnable then) {
        change.accept(credit());
        isShared = true;
        var sharing = new ArrayList<DeliveryHolder>(leaving);
        consumers.values().forEach(consumer -> sharing.add(consumer.holder()));
        if (sharing.isEmpty()) {
            then.run();
        } else {
            channel.<Done>command(method, reply -> shareAll(sharing, reply), _ -> then.run());
        }
    }

    private SharedCredit credit() {
        SharedCredit credit = shared;
        if (credit == null) {
            credit = new SharedCredit();
            shared = credit;
        }
        return credit;
    }

    private void shareAll(List<DeliveryHolder> sharing, Reply<Done> reply) {
        SharedCredit credit = Objects.requireNonNull(shared);
        var all = new AllDone(sharing.size(), reply);
        sharing.forEach(holder -> holder.handle().share(credit, all));
    }

    private void consume(BasicMethod.Consume method) {
        String queue = topology.queue(method.queue(), method);
        String tag = method.consumerTag().isEmpty() ? ConsumerTags.next() : method.consumerTag();
        if (consumers.containsKey(tag)) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED, "attempt to reuse consumer tag '" + tag + "'", method.id());
        }
        var consumer = new ChannelConsumer(tag, method, queue, prefetch, this);
        if (DirectReply.is(queue)) {
            started(consumer, channel.directReply().consume(method, consumer), method.nowait());
            return;
        }
        var spec = new ConsumerSpec(
                queue,
                tag,
                method.noAck(),
                method.exclusive(),
                prefetch,
                method.arguments(),
                isShared ? shared : null,
                this::credit);
        channel.<ConsumerHandle>command(
                method,
                reply -> session.consume(spec, consumer, reply),
                handle -> started(consumer, handle, method.nowait()),
                ConsumerHandle::close);
    }

    private void started(ChannelConsumer consumer, ConsumerHandle handle, boolean nowait) {
        consumer.started(new DeliveryHolder(handle));
        consumers.put(consumer.tag(), consumer);
        channel.answer(nowait, new BasicMethod.ConsumeOk(consumer.tag()));
    }

    private void cancel(BasicMethod.Cancel method) {
        ChannelConsumer consumer = consumers.remove(method.consumerTag());
        var ok = new BasicMethod.CancelOk(method.consumerTag());
        if (consumer == null) {
            channel.answer(method.nowait(), ok);
            return;
        }
        DeliveryHolder holder = consumer.holder();
        leaving.add(holder);
        channel.directReply().cancelled(holder.handle());
        channel.<Done>command(method, reply -> holder.handle().cancel(reply), _ -> {
            if (holder.end()) {
                leave(holder);
            }
            channel.answer(method.nowait(), ok);
        });
    }

    void cancelledByBroker(ChannelConsumer consumer) {
        if (channel.isClosed() || !consumers.remove(consumer.tag(), consumer)) {
            return;
        }
        DeliveryHolder holder = consumer.holder();
        leaving.add(holder);
        if (holder.end()) {
            leave(holder);
        }
        if (connection.client().consumerCancelNotify()) {
            channel.sendBehindAnswer(new BasicMethod.Cancel(consumer.tag(), true));
        }
    }

    /// A client that cannot be told that its consumer has gone loses its channel, so that it notices.
    void timedOut(ChannelConsumer consumer, long timeoutMillis) {
        if (connection.client().consumerCancelNotify()) {
            cancelledByBroker(consumer);
        } else if (!channel.isClosed()) {
            connection.refuse(
                    channel.number(),
                    new AmqpException(
                            ReplyCode.PRECONDITION_FAILED,
                            "delivery acknowledgement on channel %d timed out. Timeout value used: %d ms"
                                    .formatted(channel.number(), timeoutMillis),
                            0));
        }
    }

    private void get(BasicMethod.Get method) {
        String queue = topology.queue(method.queue(), method);
        channel.directReply().refuseGet(queue, method);
        DeliveryHolder holder = getter();
        channel.<Optional<Delivery>>command(
                method,
                reply -> session.get(queue, method.noAck(), holder.handle(), reply),
                delivery -> delivery.ifPresentOrElse(taken -> got(taken, method.noAck(), holder), this::gotNothing));
    }

    private void gotNothing() {
        channel.tally().add(Counted.GET_EMPTY, 1);
        channel.send(new BasicMethod.GetEmpty());
    }

    private DeliveryHolder getter() {
        DeliveryHolder holder = getter;
        if (holder == null) {
            holder = new DeliveryHolder(session.getter());
            getter = holder;
        }
        return holder;
    }

    private void got(Delivery delivery, boolean autoSettle, DeliveryHolder holder) {
        Bytes properties = properties(delivery);
        long tag = tag(delivery, autoSettle, holder);
        count(autoSettle ? Counted.GET_NO_ACK : Counted.GET, delivery);
        Message message = delivery.message();
        channel.send(new BasicMethod.GetOk(
                tag, delivery.redelivered(), message.exchange(), message.routingKey(), delivery.remaining()));
        writeContent(properties, message.body());
    }

    /// @return whether the consumer wants more now
    boolean deliver(ChannelConsumer consumer, Delivery delivery) {
        if (channel.isClosed()) {
            return false;
        }
        Bytes properties = properties(delivery);
        long tag = tag(delivery, consumer.autoSettles(), consumer.holder());
        count(consumer.autoSettles() ? Counted.DELIVER_NO_ACK : Counted.DELIVER, delivery);
        Message message = delivery.message();
        channel.send(new BasicMethod.Deliver(
                consumer.tag(), tag, delivery.redelivered(), message.exchange(), message.routingKey()));
        writeContent(properties, message.body());
        return !connection.outbox().isFull();
    }

    private long tag(Delivery delivery, boolean autoSettle, DeliveryHolder holder) {
        long tag = ++lastTag;
        if (!autoSettle) {
            unsettled.add(tag, delivery.deliveryId(), delivery.queue(), holder);
            holder.took(delivery.streamOffset() >= 0);
        }
        return tag;
    }

    private void count(Counted what, Delivery delivery) {
        channel.tally().add(what, 1);
        if (delivery.redelivered()) {
            channel.tally().add(Counted.REDELIVER, 1);
        }
    }

    /// Made before anything of the delivery is written: half of one would be garbage to the peer.
    private Bytes properties(Delivery delivery) {
        Bytes properties = connection.deliveredProperties().of(delivery);
        if (delivery.streamOffset() < 0) {
            return properties;
        }
        QueueHandle queue = delivery.queue();
        int partition = queue.isOfTopic() ? queue.partition() : StreamPlaceHeaders.NO_PARTITION;
        return StreamPlaceHeaders.in(properties, delivery.streamOffset(), partition);
    }

    private void writeContent(Bytes properties, Bytes body) {
        connection.writer().content(connection.out(), channel.number(), properties, body, connection.frameMax());
    }

    void flush() {
        connection.outbox().flushSoon();
    }

    // ---- For lists

    int prefetch() {
        return prefetch;
    }

    /// What all consumers may hold together; 0 for any number.
    int sharedPrefetch() {
        return sharedPrefetch;
    }

    boolean isPaused() {
        return shared != null && shared.isPaused();
    }

    long unsettled() {
        return unsettled.size();
    }

    /// Settlements that wait for the commit.
    long heldBack() {
        long count = 0;
        for (int index = unsettled.first(); index < unsettled.end(); index++) {
            count += unsettled.heldBack(index) == null ? 0 : 1;
        }
        return count;
    }

    List<ConsumerReport> reports() {
        return consumers.values().stream().map(ChannelConsumer::report).toList();
    }

    /// The peer reads again.
    void resume() {
        for (ChannelConsumer consumer : consumers.values()) {
            consumer.resume();
        }
    }

    void close() {
        for (ChannelConsumer consumer : consumers.values()) {
            consumer.holder().handle().close();
        }
        for (DeliveryHolder holder : leaving) {
            holder.handle().close();
        }
        if (getter != null) {
            getter.handle().close();
        }
        consumers.clear();
        leaving.clear();
    }
}

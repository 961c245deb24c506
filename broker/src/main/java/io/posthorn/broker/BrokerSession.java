package io.posthorn.broker;

import io.posthorn.broker.topic.Topics;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One connection's way into the broker. Confined to the session's io thread.
///
/// Commands take effect in the order of the calls; each answer comes on the io thread. An ok for something
/// durable comes only after it is durable. Publishes and settlements are collected, and handed over by
/// [#flush] once per socket read; every other command flushes first.
public interface BrokerSession extends AutoCloseable {
    Principal principal();

    String virtualHost();

    /// Creates the queue, or checks that the existing one is equivalent. An empty name asks for a generated
    /// one.
    void declareQueue(QueueSpec spec, Reply<QueueStatus> reply);

    /// Looks at a queue, or a reply address, without creating it.
    void queueStatus(String queue, Reply<QueueStatus> reply);

    /// Deletes the queue. A missing one counts as deleted, with 0 messages.
    ///
    /// @param reply with the number of ready messages deleted
    void deleteQueue(String queue, boolean ifUnused, boolean ifEmpty, Reply<Long> reply);

    /// Removes the ready messages. @param reply with their number
    void purgeQueue(String queue, Reply<Long> reply);

    /// Lets the queue keep what it gets and deliver nothing, to whoever asks how, until it is resumed; consumers
    /// stay. Of a durable queue it survives restarts. Pausing once more gives it another reason.
    ///
    /// @param reason for people; [QueueStatus] shows it
    void pauseQueue(String queue, String reason, Reply<Done> reply);

    /// Lets a paused queue go on at once. One that is not paused stays as it is.
    void resumeQueue(String queue, Reply<Done> reply);

    void declareExchange(ExchangeSpec spec, Reply<Done> reply);

    /// Passive declare: fails with [BrokerException.NotFound].
    void checkExchange(String exchange, Reply<Done> reply);

    void deleteExchange(String exchange, boolean ifUnused, Reply<Done> reply);

    void bind(BindingSpec binding, Reply<Done> reply);

    void unbind(BindingSpec binding, Reply<Done> reply);

    /// The first messages by due time that wait at an exchange of type `x-delayed-message`.
    ///
    /// @param behind begin with the next one after this; null to begin at the first
    void delayedMessages(String exchange, @Nullable DelayedMessage behind, int most, Reply<List<DelayedMessage>> reply);

    /// Takes a message out before its time. @param reply whether it still waited there, once that is durable
    void cancelDelayed(String exchange, long id, Reply<Boolean> reply);

    /// A channel begins, in protocols whose connections have several; it counts against what its user may have.
    ///
    /// @throws BrokerException.LimitReached when the user has as many already
    void beginChannel();

    /// One of the channels that have begun ends. Those that are left end with the session.
    void endChannel();

    /// What this session does with topics; always the same one.
    Topics topics();

    /// A publisher whose messages to one queue stay in order. One per AMQP channel.
    Publisher publisher(ReceiptSink receipts);

    /// Opens an address for replies to this session: what is published to its name at the default exchange of the
    /// virtual host, by anybody, comes to the sink, settled. It ends with [ReplyAddress#close] or the session.
    ReplyAddress replyAddress(DeliverySink sink);

    /// A way to publish and settle with effects that come together. One per AMQP channel in transaction mode.
    Transaction transaction();

    /// Starts a consumer. The reply comes before the first delivery.
    void consume(ConsumerSpec spec, DeliverySink sink, Reply<ConsumerHandle> reply);

    /// Takes one message, or none, on behalf of a channel.
    ///
    /// @param owner what unsettled messages are given back with: see [#getter]
    void get(String queue, boolean autoSettle, ConsumerHandle owner, Reply<Optional<Delivery>> reply);

    /// Takes single messages out of the middle of a queue, as an operator does who has looked at them with [#browse]:
    /// no
    /// consumer gets them until they are settled, or the owner ends. Also from a paused queue.
    ///
    /// @param ids of ready messages
    /// @param reply with those that were ready still
    void claim(String queue, List<Long> ids, ConsumerHandle owner, Reply<List<Long>> reply);

    /// An owner for messages taken by [#get]; one per AMQP channel. Needs no cancelling, only
    /// [ConsumerHandle#close].
    ConsumerHandle getter();

    /// Settles one delivery. Collected until [#flush]; neighbours of one queue travel as one range.
    void settle(ConsumerHandle owner, QueueHandle queue, long deliveryId, Outcome outcome);

    /// Hands over what was collected. Called at the end of each socket read.
    void flush();

    /// Says how many bytes the connection holds for itself now: bodies that are still arriving, frames that its peer
    /// does not take. They count against the broker's memory, whose alarm stops publishers. Cheap; called once per
    /// socket read, not per message.
    void holds(long bytes);

    /// Looks at messages of a queue, oldest first; they stay where and what they are.
    ///
    /// Dead ones are looked for in the queues that this user may read.
    ///
    /// @param from 0, or where an earlier page says to go on
    /// @param most at most so many messages; a page with large ones has fewer
    void browse(String queue, MessageState state, long from, int most, Reply<BrowsePage> reply);

    /// Every queue of the virtual host that this user may see, for lists. Answers on the io thread.
    void listQueues(Reply<java.util.List<QueueStatus>> reply);

    /// Ends everything of this session: consumers are cancelled, what they hold is requeued, exclusive queues
    /// are deleted.
    @Override
    void close();

    /// Answers when what was closed has taken with it what goes with it, so that nobody finds it any more: queues that
    /// go with their last consumer, and, of a session that is closed, its exclusive queues. At once where that is
    /// nothing.
    void whenGone(Reply<Done> reply);
}

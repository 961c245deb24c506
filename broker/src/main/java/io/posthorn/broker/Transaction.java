package io.posthorn.broker;

/// Publishes and settlements that are kept back until they take effect together. Confined to the session's io
/// thread; may be used again after each commit and rollback.
///
/// What a commit does to the queues of one shard is all there or not at all, also after a crash, and is shown at
/// once. Between shards there is no such promise: a commit that fails may have taken effect in some of them.
public interface Transaction {
    /// Routes one message and keeps it; its bytes may be re-used afterwards.
    ///
    /// @return how many queues it goes to, as they are now
    /// @throws BrokerException as [Publisher#publish] does
    /// @throws BrokerException.LimitReached when it would be more than one commit can take
    int publish(Message message);

    /// Where the message that was published last goes; to be asked again at the commit.
    Destination destination();

    /// What a message was routed to.
    interface Destination {
        /// Whether any of it is still there, so that a commit takes the message somewhere.
        boolean isThere();
    }

    /// As [BrokerSession#settle]. Called right before the commit, for rolling back settlements is a matter of who
    /// holds the deliveries.
    void settle(ConsumerHandle owner, QueueHandle queue, long deliveryId, Outcome outcome);

    /// Lets everything kept take effect. The ok comes when it is durable where it has to be.
    void commit(Reply<Done> reply);

    /// Forgets everything kept.
    void rollback();

    /// What the messages take that are kept, in memory.
    long heldBytes();
}

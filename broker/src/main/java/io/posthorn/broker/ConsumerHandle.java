package io.posthorn.broker;

/// One consumer, as its owner sees it. Confined to the session's io thread.
public interface ConsumerHandle {
    /// Takes no more deliveries; what it holds stays unsettled and can still be settled. The reply comes
    /// behind the last delivery, and when the queue has gone if it goes with its last consumer.
    void cancel(Reply<Done> reply);

    /// Cancels, and requeues everything it holds. Idempotent, needs no answer.
    void close();

    /// From now on the deliveries of this consumer count in what it shares with others. The reply comes behind the
    /// last delivery that did not ask.
    void share(SharedCredit credit, Reply<Done> reply);

    /// Whether messages may come to it; not while it waits behind a single active consumer.
    default boolean isActive() {
        return true;
    }

    /// The sink can take deliveries again, after it answered that it could not, or its shared credit goes on.
    void resume();
}

package io.posthorn.verification.simulation;

import java.util.List;

/// What clients of a broker see, and do.
sealed interface BrokerEvent {
    /// It is later than before.
    record TimePassed(long now) implements BrokerEvent {}

    /// @param expiresAt what the publisher gave it, [io.posthorn.broker.Message#NEVER] for no end
    /// @param queues the queues that it must reach
    record Published(int publisher, long message, boolean persistent, int priority, long expiresAt, List<String> queues)
            implements BrokerEvent {}

    /// One more queue that a message may have reached: whether it was bound is not known.
    record MayHaveReached(String queue, long message) implements BrokerEvent {}

    /// Messages of one transaction to one queue that keeps everything: where one is, all are.
    record Together(List<Long> messages) implements BrokerEvent {}

    record Confirmed(long message) implements BrokerEvent {}

    /// @param consumer a number that no other consumer has
    record Delivered(String queue, int consumer, int publisher, long message, boolean redelivered)
            implements BrokerEvent {}

    /// The client is done with it, and the broker was told.
    record Settled(String queue, long message) implements BrokerEvent {}

    /// The client does not hold it any more, and has not settled it.
    record GivenBack(String queue, long message) implements BrokerEvent {}

    /// The client has refused it, where what is refused goes to another queue: there it must come to, unless it comes
    /// back.
    record Refused(String queue, long message) implements BrokerEvent {}

    /// A consumer of this queue wants no settling: what is on its way to it may be lost with it.
    record AtMostOnce(String queue) implements BrokerEvent {}

    record Declared(String queue) implements BrokerEvent {}

    record DeleteAsked(String queue) implements BrokerEvent {}

    record Deleted(String queue) implements BrokerEvent {}

    /// Somebody looked for a queue.
    record LookedFor(String queue, boolean found) implements BrokerEvent {}

    /// A message to all bound queues went to so many.
    ///
    /// @param least queues whose binding was confirmed
    /// @param most those, and the ones of which it is not known
    record FannedOut(int queues, int least, int most) implements BrokerEvent {}

    /// A new process has begun.
    ///
    /// @param seenAtOnce whether clients see a delivery in the moment in which it is decided
    record Restarted(boolean cleanly, boolean seenAtOnce) implements BrokerEvent {}

    /// Everything was taken out of a queue.
    ///
    /// @param ready how many messages the broker had said there were
    record Drained(String queue, long ready, List<Taken> taken) implements BrokerEvent {}

    record Taken(int publisher, long message) {}

    /// All threads are idle, and so many publishes and commands have no answer.
    record Unanswered(int publishes, int commands) implements BrokerEvent {}
}

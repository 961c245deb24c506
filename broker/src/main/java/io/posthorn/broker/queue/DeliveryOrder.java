package io.posthorn.broker.queue;

import org.jspecify.annotations.Nullable;

/// Which of a queue's ready messages goes out next: answers over offsets, which know nothing of the messages
/// themselves. What is ready is everything visible that is neither taken nor settled.
sealed interface DeliveryOrder permits FairOrder, FifoOrder, LifoOrder, PriorityOrder {
    /// @param messages what is known of each; null where that is not needed
    static DeliveryOrder of(QueueSettings settings, QueueState state, @Nullable MessageTable messages) {
        if (settings.fairLimit() > 0) {
            return new FairOrder(settings.fairLimit(), state);
        }
        if (settings.maxPriority() > 0 && messages != null) {
            return new PriorityOrder(settings.maxPriority(), settings.lifo(), state, messages);
        }
        return settings.lifo() ? new LifoOrder(state.settlements()) : new FifoOrder(state.settlements());
    }

    /// The message to deliver next, or [OffsetSet#NONE].
    long next(long visibleEnd);

    /// The message that goes first when the queue is too long, or [OffsetSet#NONE]: the oldest, or with priorities
    /// the oldest of the highest that there is, as RabbitMQ has it.
    long head(long visibleEnd);

    /// The messages to deliver next, as far as the array goes; may be fewer than there are.
    ///
    /// @return how many
    int upcoming(long visibleEnd, long[] offsets);

    /// The messages that could be the next to expire: of a run of equals the oldest, and the next one.
    ///
    /// @param offsets has room for [#mostHeads]
    /// @return how many
    int heads(long visibleEnd, long[] offsets);

    int mostHeads();

    /// The message that [#next] or [#heads] told is no longer ready.
    void take(long offset);

    /// Takes a range that is ready, wherever it lies.
    default void withhold(long from, long to, long visibleEnd) {
        next(visibleEnd);
        for (long offset = from; offset < to; offset++) {
            take(offset);
        }
    }

    /// A range that nobody was shown yet, and nobody will be, is being settled: it was behind what is visible until
    /// now.
    default void voided(long from, long to) {}

    /// Passes over everything from [#next] to before `offset` that the log does not have any more.
    void skipTo(long offset);

    /// A range that was taken has left for good, or is on its way out.
    default void left(long from, long to) {}

    /// A range that was taken is ready again.
    void giveBack(long from, long to);

    /// Gives back what was taken of a range, and counts it as delivered; the rest is given back already.
    void giveBackTaken(long from, long to, Redeliveries redeliveries);

    /// Whether a visible message that is not settled is not taken either.
    boolean isReady(long offset);

    /// Everything at or after this offset has never been taken.
    long cursor();

    long ready(long visibleEnd);

    /// Whether this message, which [#next] told, lies apart from the forward run, so that another reader keeps
    /// its place.
    boolean isReturned(long offset);

    /// Takes everything that is ready, as ranges.
    void takeAll(long visibleEnd, OffsetRanges taken);
}

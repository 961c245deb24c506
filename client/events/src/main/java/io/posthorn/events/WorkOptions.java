package io.posthorn.events;

/// How a handler works. Immutable.
///
/// @param concurrency how many messages at once
/// @param ordered whether messages of one key are worked on in the order of the queue, one after the other
/// @param retry what happens after a failure
/// @param prefetch how many messages it holds that it has not done; 0 for twice as many as it works on, or some
/// hundreds where nobody else could have them
public record WorkOptions(int concurrency, boolean ordered, Retry retry, int prefetch) {
    /// Refuses what makes no sense.
    ///
    /// @throws IllegalArgumentException when one of the numbers is out of its range
    public WorkOptions {
        if (concurrency < 1 || concurrency > 10_000) {
            throw new IllegalArgumentException("concurrency is from 1 to 10000, not " + concurrency);
        }
        if (prefetch < 0 || prefetch > 60_000) {
            throw new IllegalArgumentException("a handler holds 0 to 60000 messages, not " + prefetch);
        }
    }

    /// One message at a time, in the order of the queue; tried five times.
    public static WorkOptions oneAtATime() {
        return new WorkOptions(1, false, Retry.usual(), 0);
    }

    /// So many messages at once, each on a virtual thread of its own; 1 to 10,000.
    public WorkOptions concurrency(int most) {
        return new WorkOptions(most, ordered, retry, prefetch);
    }

    /// Messages of one key ([Send#key]) one after the other, different keys side by side.
    public WorkOptions orderedByKey() {
        return new WorkOptions(concurrency, true, retry, prefetch);
    }

    /// What happens after a failure; five attempts unless said otherwise ([Retry#usual]).
    public WorkOptions retry(Retry policy) {
        return new WorkOptions(concurrency, ordered, policy, prefetch);
    }

    /// More where handlers are fast, and few share the queue: asking for each message anew takes longer than they do.
    public WorkOptions prefetch(int messages) {
        return new WorkOptions(concurrency, ordered, retry, messages);
    }
}

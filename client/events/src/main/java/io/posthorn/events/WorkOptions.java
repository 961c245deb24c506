package io.posthorn.events;

/// How a handler works. Immutable.
///
/// @param concurrency how many messages at once
/// @param ordered whether messages of one key are worked on in the order of the queue, one after the other
/// @param retry what happens after a failure
public record WorkOptions(int concurrency, boolean ordered, Retry retry) {
    public WorkOptions {
        if (concurrency < 1 || concurrency > 10_000) {
            throw new IllegalArgumentException("concurrency is from 1 to 10000, not " + concurrency);
        }
    }

    /// One message at a time, in the order of the queue; tried five times.
    public static WorkOptions oneAtATime() {
        return new WorkOptions(1, false, Retry.usual());
    }

    public WorkOptions concurrency(int most) {
        return new WorkOptions(most, ordered, retry);
    }

    /// Messages of one key ([Send#key]) one after the other, different keys side by side.
    public WorkOptions orderedByKey() {
        return new WorkOptions(concurrency, true, retry);
    }

    public WorkOptions retry(Retry policy) {
        return new WorkOptions(concurrency, ordered, policy);
    }
}

package io.posthorn.events;

import java.time.Instant;

/// Where in what a subscription keeps a handler begins.
public sealed interface Position {
    /// The first event that is kept.
    record First() implements Position {}

    /// The last event there is.
    record Last() implements Position {}

    /// What is published from now on.
    record Next() implements Position {}

    /// The event with this position, as [EventContext#position] told it; the nearest where it is kept no more.
    record At(long number) implements Position {}

    /// What was published at this time or later, and perhaps some that came just before it.
    record Since(Instant time) implements Position {}

    /// The first event that is kept.
    static Position first() {
        return new First();
    }

    /// The last event there is.
    static Position last() {
        return new Last();
    }

    /// What is published from now on.
    static Position next() {
        return new Next();
    }

    /// The event with this position; the nearest where it is kept no more.
    static Position at(long number) {
        return new At(number);
    }

    /// What was published at this time or later, and perhaps some that came just before it.
    static Position since(Instant time) {
        return new Since(time);
    }
}

package io.posthorn.events;

import java.util.Optional;

/// A source that is looked at. Thread-safe.
public interface RunningSource extends AutoCloseable {
    /// How it is with a source.
    enum State {
        /// It is looked at, now and again.
        RUNNING,
        /// Its last look failed; there will be another.
        BACKING_OFF,
        /// It failed as often as it may, and is looked at no more.
        GIVEN_UP,

        /// By [RunningSource#close], or with its broker.
        CLOSED
    }

    /// As it was given to [Posthorn#source].
    String name();

    /// How it is with it now.
    State state();

    /// How many looks have succeeded.
    long looks();

    /// How many looks have failed since the last that succeeded.
    int failures();

    /// What the last look threw that failed, if the source has not recovered since.
    Optional<Throwable> lastFailure();

    /// Stops looking: interrupts a look that runs, and waits for it, up to ten seconds.
    @Override
    void close();
}

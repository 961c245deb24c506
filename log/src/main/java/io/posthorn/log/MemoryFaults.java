package io.posthorn.log;

import java.io.IOException;
import java.io.UncheckedIOException;

/// What goes wrong in the memory engine, on request: the model of a failing disk and of a dying process.
///
/// Shared by one [MemorySegmentStore] and one [MemoryMetaStore], it counts the operations that change
/// something.
public final class MemoryFaults {
    /// What becomes of the operation that fails. The caller cannot tell.
    public enum Outcome {
        APPLIED,
        LOST
    }

    private long operations;
    private long crashAt = Long.MAX_VALUE;
    private Outcome crashOutcome = Outcome.LOST;
    private boolean dead;

    /// Lets the n-th operation from now (1 is the next) and all later ones fail, until [#restart].
    public synchronized void crashAt(long nth, Outcome outcome) {
        crashAt = operations + nth;
        crashOutcome = outcome;
    }

    /// The process is started again: nothing fails until the next request.
    public synchronized void restart() {
        crashAt = Long.MAX_VALUE;
        dead = false;
    }

    /// Operations so far.
    public synchronized long operations() {
        return operations;
    }

    /// Whether the requested crash has come.
    public synchronized boolean crashed() {
        return dead;
    }

    /// Runs one operation, as far as the faults let it.
    synchronized void run(Runnable operation) {
        if (dead) {
            throw failure();
        }
        operations++;
        if (operations < crashAt) {
            operation.run();
            return;
        }
        dead = true;
        if (crashOutcome == Outcome.APPLIED) {
            operation.run();
        }
        throw failure();
    }

    private static UncheckedIOException failure() {
        return new UncheckedIOException(new IOException("injected failure"));
    }
}

package io.posthorn.verification.simulation;

import java.util.ArrayDeque;

/// What a storage must hold: now, and at least after a crash.
final class LogModel {
    private final LogState durable = new LogState();
    private final ArrayDeque<LogState.Operation> undecided = new ArrayDeque<>();
    private LogState current = new LogState();
    private long promised;

    LogState current() {
        return current;
    }

    /// The highest durable end that was ever shown.
    long promised() {
        return promised;
    }

    void done(LogState.Operation operation) {
        current.apply(operation);
        undecided.add(operation);
    }

    void promise(long durableEnd) {
        promised = Math.max(promised, durableEnd);
        while (!undecided.isEmpty() && undecided.element().end() <= promised) {
            durable.apply(undecided.remove());
        }
    }

    /// A new process found everything up to here. What is behind it has never happened, and what is before it is
    /// promised from now on.
    void recovered(long end) {
        promise(end);
        undecided.clear();
        current = durable.copy();
    }
}

package io.posthorn.protocol.kafka.fetch;

import java.util.concurrent.atomic.AtomicLong;

/// How much may be read ahead for all connections together. Thread-safe.
final class ReadAheadBudget {
    private final AtomicLong left;

    ReadAheadBudget(long bytes) {
        left = new AtomicLong(bytes);
    }

    /// @return whether there was room for it
    boolean take(long bytes) {
        if (left.addAndGet(-bytes) >= 0) {
            return true;
        }
        left.addAndGet(bytes);
        return false;
    }

    /// For what turned out to be larger, and is there already.
    void takeAnyway(long bytes) {
        left.addAndGet(-bytes);
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    long left() {
        return left.get();
    }
}

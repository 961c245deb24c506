package io.posthorn.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Time that stands still until it is moved. Thread-safe.
///
/// [TestBroker#advance] moves it and has everything happen on the way. For an application's own
/// `InstantSource`.
public final class VirtualClock implements InstantSource {
    /// When it begins: New Year 2026, UTC.
    public static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final PriorityQueue<Call> calls =
            new PriorityQueue<>(Comparator.comparing(Call::time).thenComparingLong(Call::number));
    private Instant now = BEGIN;
    private long last;

    VirtualClock() {}

    private record Call(Instant time, long number, Runnable task) {}

    @Override
    public synchronized Instant instant() {
        return now;
    }

    synchronized void after(long millis, Runnable task) {
        calls.add(new Call(now.plusMillis(millis), last++, task));
    }

    /// Goes to the next time that somebody wants to be called at, and calls.
    ///
    /// @return whether there was one until then
    boolean callNext(Instant until) {
        Call next = next(until);
        if (next == null) {
            return false;
        }
        next.task.run();
        return true;
    }

    private synchronized @Nullable Call next(Instant until) {
        Call first = calls.peek();
        if (first == null || first.time.isAfter(until)) {
            return null;
        }
        calls.remove();
        now = first.time.isAfter(now) ? first.time : now;
        return first;
    }

    synchronized void moveTo(Instant time) {
        now = time.isAfter(now) ? time : now;
    }

    /// Whoever wanted to be called is gone.
    synchronized void forgetCalls() {
        calls.clear();
    }

    /// How long it has gone on.
    public synchronized Duration passed() {
        return Duration.between(BEGIN, now);
    }
}

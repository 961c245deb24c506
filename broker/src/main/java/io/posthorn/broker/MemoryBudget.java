package io.posthorn.broker;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// One account of the bytes that the broker and its connections hold, with an alarm before they are too many.
/// Thread-safe; called per batch or buffer, never per message.
public final class MemoryBudget {
    /// Once on, the alarm goes off only when this much of the high-water mark is free again.
    private static final double HYSTERESIS = 0.1;

    /// How much may be appended before it is looked again at what others count.
    private static final long REVIEW_BYTES = 1024 * 1024;

    private final AtomicLong held = new AtomicLong();
    private final AtomicLong appended = new AtomicLong();
    private final AtomicBoolean reviewing = new AtomicBoolean();
    private final AtomicBoolean alarm = new AtomicBoolean();
    private final long limit;
    private volatile long high;
    private volatile long low;
    private volatile LongSupplier elsewhere = () -> 0;
    private volatile Executor reviewer = Runnable::run;
    private volatile Consumer<Boolean> listener = _ -> {};

    /// @param limit bytes that may be held in all
    /// @param highWater part of the limit at which publishers are stopped
    public MemoryBudget(long limit, double highWater) {
        this.limit = limit;
        this.high = (long) (limit * highWater);
        this.low = lowBelow(high);
    }

    private static long lowBelow(long high) {
        return (long) (high * (1 - HYSTERESIS));
    }

    /// Publishers are stopped at another mark from now on.
    ///
    /// @param bytes held in all
    void stopPublishersAt(long bytes) {
        high = bytes;
        low = lowBelow(bytes);
        review();
    }

    /// Where publishers are stopped.
    long highWater() {
        return high;
    }

    /// Somebody holds this many bytes more.
    public void hold(long bytes) {
        long now = held.addAndGet(bytes);
        if (now > high && !alarm.get()) {
            check();
        }
    }

    /// As many less.
    public void release(long bytes) {
        long now = held.addAndGet(-bytes);
        if (now < low && alarm.get()) {
            check();
        }
    }

    /// Everything held, what is counted elsewhere included.
    public long heldBytes() {
        return held.get() + elsewhere.getAsLong();
    }

    public long limit() {
        return limit;
    }

    /// How much may be read ahead now: what was asked for, less when memory is short, but never nothing.
    public int readAhead(int wanted, int least) {
        long free = high - held.get();
        return Math.clamp(free / 8, least, wanted);
    }

    /// Compares what is held with the marks, and tells the listener when the alarm goes on or off.
    public void check() {
        long now = heldBytes();
        if (now > high && alarm.compareAndSet(false, true)) {
            listener.accept(true);
        } else if (now < low && alarm.compareAndSet(true, false)) {
            listener.accept(false);
        }
    }

    /// Bytes went into memory that others count.
    public void appended(long bytes) {
        if (appended.addAndGet(bytes) > REVIEW_BYTES) {
            appended.set(0);
            review();
        }
    }

    /// Called now and then: what others count may have gone down.
    public void reviewIfShort() {
        if (alarm.get()) {
            review();
        }
    }

    private void review() {
        if (reviewing.compareAndSet(false, true)) {
            reviewer.execute(() -> {
                reviewing.set(false);
                check();
            });
        }
    }

    /// @param elsewhere bytes that others count: the tail of the journal, volatile logs; may wait
    /// @param reviewer asks for them
    void watch(LongSupplier elsewhere, Executor reviewer, Consumer<Boolean> listener) {
        this.elsewhere = elsewhere;
        this.reviewer = reviewer;
        this.listener = listener;
    }
}

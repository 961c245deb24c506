package io.posthorn.broker;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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

    private static final long LOOK_AGAIN = 1_000;

    private final AtomicLong held = new AtomicLong();
    private final AtomicLong appended = new AtomicLong();
    private final AtomicBoolean reviewing = new AtomicBoolean();
    private final AtomicBoolean alarm = new AtomicBoolean();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final long limit;
    private volatile long high;
    private volatile long low;
    private volatile LongSupplier elsewhere = () -> 0;
    private volatile Executor reviewer = Runnable::run;
    private volatile Timer timer = (_, _) -> {};
    private volatile Consumer<Boolean> listener = _ -> {};

    /// What the listener has heard last. Under the lock.
    private boolean told;

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
            // What others count may keep the alarm on for long, and is not for every buffer to be asked for.
            review();
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
        while (hasChanged()) {
            tell();
        }
    }

    private boolean hasChanged() {
        long now = heldBytes();
        return now > high ? alarm.compareAndSet(false, true) : now < low && alarm.compareAndSet(true, false);
    }

    /// Whoever changes the alarm tells what it is by then, so that the last word is the right one.
    private synchronized void tell() {
        boolean on = alarm.get();
        if (on != told) {
            told = on;
            listener.accept(on);
        }
        if (on) {
            lookAgain();
        }
    }

    /// As long as the alarm is on: publishers are stopped, and perhaps nothing else happens after which somebody would
    /// look.
    private void lookAgain() {
        if (looking.compareAndSet(false, true)) {
            timer.after(LOOK_AGAIN, this::look);
        }
    }

    private void look() {
        looking.set(false);
        if (alarm.get() && review()) {
            lookAgain();
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

    /// @return whether it is under way
    private boolean review() {
        if (reviewing.compareAndSet(false, true)) {
            try {
                reviewer.execute(() -> {
                    reviewing.set(false);
                    check();
                });
            } catch (RejectedExecutionException stopped) {
                reviewing.set(false); // nobody publishes any more who could be stopped
                return false;
            }
        }
        return true;
    }

    /// @param elsewhere bytes that others count: the tail of the journal, volatile logs; may wait
    /// @param reviewer asks for them
    /// @param timer has them asked for now and then while the alarm is on
    /// @param listener hears whether the alarm is on, in order; does not wait
    void watch(LongSupplier elsewhere, Executor reviewer, Timer timer, Consumer<Boolean> listener) {
        this.elsewhere = elsewhere;
        this.reviewer = reviewer;
        this.timer = timer;
        this.listener = listener;
    }
}

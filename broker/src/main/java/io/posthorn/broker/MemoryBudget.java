package io.posthorn.broker;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// One account of the bytes that the broker and its connections hold, with an alarm before they are too many.
/// Thread-safe; called per batch or buffer, never per message.
public final class MemoryBudget {
    /// Once on, the alarm goes off only when this much of the high-water mark is free again.
    private static final double HYSTERESIS = 0.1;

    private final AtomicLong held = new AtomicLong();
    private final AtomicBoolean alarm = new AtomicBoolean();
    private final long limit;
    private final long high;
    private final long low;
    private volatile LongSupplier elsewhere = () -> 0;
    private volatile Consumer<Boolean> listener = _ -> {};

    /// @param limit bytes that may be held in all
    /// @param highWater part of the limit at which publishers are stopped
    public MemoryBudget(long limit, double highWater) {
        this.limit = limit;
        this.high = (long) (limit * highWater);
        this.low = (long) (high * (1 - HYSTERESIS));
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

    boolean isShort() {
        return alarm.get();
    }

    /// @param elsewhere bytes that others count: the tail of the journal, volatile logs
    void watch(LongSupplier elsewhere, Consumer<Boolean> listener) {
        this.elsewhere = elsewhere;
        this.listener = listener;
    }
}

package io.posthorn.broker.delay;

import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.OffsetSet;
import io.posthorn.broker.queue.Settlements;
import io.posthorn.log.Log;
import io.posthorn.log.LogBounds;
import io.posthorn.log.LogId;

/// Messages of one exchange that are due within one span, in a log of their own, in the order in which they came.
/// Confined to the thread of its shard.
public final class Bucket {
    /// How long before its time a bucket is read.
    static final long LOOK_AHEAD = 30_000;

    private static final int TRIM_MESSAGES = 4096;

    private final Span span;
    private final Log log;
    private final Settlements settlements;
    private final OffsetSet underWay = new OffsetSet();
    private final Schedule schedule;
    private final OffsetRanges newlySettled = new OffsetRanges();
    private long visibleEnd;
    private long trimmed;
    private boolean scanning;
    private long scanNotBefore = Long.MIN_VALUE;
    private boolean closed;

    Bucket(Log log, BucketState state) {
        this.log = log;
        this.span = state.span();
        this.settlements = state.settlements();
        this.schedule = new Schedule(span);
        LogBounds bounds = log.bounds();
        settlements.advance(bounds.start());
        trimmed = bounds.start();
        visibleEnd = bounds.end();
    }

    public LogId id() {
        return log.id();
    }

    public Span span() {
        return span;
    }

    public Settlements settlements() {
        return settlements;
    }

    Log log() {
        return log;
    }

    Schedule schedule() {
        return schedule;
    }

    /// How many messages wait here.
    long waiting() {
        return visibleEnd - settlements.before() - settlements.above().cardinality();
    }

    boolean isFull() {
        return log.bounds().end() >= Schedule.MOST_OFFSETS / 2;
    }

    /// Messages before this offset are durable.
    long visibleEnd() {
        return visibleEnd;
    }

    /// Everything before `end` is durable.
    void visible(long end) {
        visibleEnd = Math.max(visibleEnd, end);
    }

    /// Whether the message is durable, and nobody has it yet.
    boolean isWaiting(long offset) {
        return offset < visibleEnd && !settlements.isSettled(offset) && !underWay.contains(offset);
    }

    /// The message is on its way to its queues.
    void leaves(long offset) {
        underWay.add(offset);
    }

    /// The message is where it belongs.
    void settle(long from, long to) {
        underWay.removeRange(from, to);
        settlements.add(from, to);
        newlySettled.add(from, to);
    }

    /// The message could not be forwarded, and waits again.
    void comesBack(long offset) {
        underWay.remove(offset);
        schedule.add(span.from(), offset);
    }

    /// What was settled and is not journaled yet.
    public OffsetRanges newlySettled() {
        return newlySettled;
    }

    /// What was newly settled is journaled.
    void recordSettled() {
        newlySettled.clear();
        if (settlements.before() - trimmed >= TRIM_MESSAGES) {
            trimmed = settlements.before();
            log.trimBefore(trimmed);
        }
    }

    /// Whether nothing is left, and nothing will come any more.
    boolean isDone(long now) {
        return now >= span.to()
                && !scanning
                && newlySettled.isEmpty()
                && settlements.before() >= visibleEnd
                && visibleEnd >= log.bounds().end();
    }

    boolean isScanning() {
        return scanning;
    }

    /// What becomes durable from now on is not scanned, and therefore kept in the schedule.
    void scanBegins() {
        scanning = true;
        schedule.open();
    }

    void scanned(Scan.Found found) {
        scanning = false;
        schedule.found(found.keys(), found.horizon());
        schedule.limit();
    }

    /// Everything from the old horizon on is read once more, later.
    void scanFailed(long horizon, long notBefore) {
        scanning = false;
        schedule.found(new long[0], horizon);
        scanNotBefore = notBefore;
    }

    public boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
    }

    /// Whether it is time to read what is behind the horizon: it comes near, and little is left before it.
    boolean needsScan(long now) {
        return !scanning && schedule.size() <= Loading.FEW && scanAt() <= now;
    }

    /// When there is something to do here, at the earliest; not told of a scan that could begin already.
    long wakeAt(long now) {
        long due = schedule.firstDue();
        if (scanning) {
            return due;
        }
        if (schedule.size() <= Loading.FEW && scanAt() > now) {
            due = Math.min(due, scanAt());
        }
        return due == Schedule.NONE && waiting() == 0 && now < span.to() ? span.to() : due;
    }

    private long scanAt() {
        return schedule.isComplete() ? Schedule.NONE : Math.max(scanNotBefore, schedule.horizonDue() - LOOK_AHEAD);
    }
}

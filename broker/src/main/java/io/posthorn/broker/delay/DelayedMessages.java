package io.posthorn.broker.delay;

import io.posthorn.broker.DelayedMessage;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.LogIds;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The messages that wait at one exchange. Each lies in the bucket of its due time until then; what is due is read,
/// handed to the shard to be forwarded, and settled when it is durable where it went. Confined to the thread of the
/// shard.
///
/// They leave in the order of their due times. Only when many are due together, as after a time in which the broker
/// was down, those of one bucket leave in the order in which they came, so that its log is read from front to back.
public final class DelayedMessages {
    private static final Logger LOG = System.getLogger(DelayedMessages.class.getName());

    /// So many may be on their way to their queues.
    private static final int MOST_UNDER_WAY = 8192;

    /// So many that are due are taken at once.
    private static final int MOST_TAKEN = 1 << 16;

    /// So many logs are scanned at once.
    private static final int MOST_SCANS = 2;

    /// No more are read ahead when so many are held.
    private static final int MOST_HELD = 1 << 20;

    /// More than these are read from front to back.
    private static final int MANY = 64;

    /// After a refusal, or a failure to read, the next try waits, each time for twice as long.
    private static final long SHORTEST_PAUSE = 100;

    private static final long LONGEST_PAUSE = 10_000;

    private final DelayEntry entry;
    private final DelaySurroundings shard;
    private final Map<Long, Bucket> buckets = new TreeMap<>();
    private final Map<Span, Bucket> open = new HashMap<>();
    private final Incoming incoming;
    private final RecordWalk walk;
    private @Nullable Bucket taking;
    private long[] taken = {};
    private int next;
    private boolean reading;
    private int underWay;
    private long held;
    private boolean closed;
    private long pause = SHORTEST_PAUSE;
    private long pausedUntil = Long.MIN_VALUE;
    private long wakeAt = Long.MAX_VALUE;

    public DelayedMessages(DelayEntry entry, DelaySurroundings shard) {
        this.entry = entry;
        this.shard = shard;
        this.incoming = new Incoming(this, shard);
        this.walk = new RecordWalk(shard.memory());
    }

    public DelayEntry entry() {
        return entry;
    }

    public Iterable<Bucket> buckets() {
        return List.copyOf(buckets.values());
    }

    /// How many wait.
    public long waiting() {
        long waiting = 0;
        for (Bucket bucket : buckets.values()) {
            waiting += bucket.waiting();
        }
        return waiting;
    }

    /// When [#work] is to be called, at the latest; [Long#MAX_VALUE] for never.
    public long wakeAt() {
        return wakeAt == Long.MAX_VALUE ? wakeAt : Math.max(wakeAt, pausedUntil);
    }

    /// A bucket that a restart has brought back.
    public void recovered(BucketState state) {
        var bucket = new Bucket(shard.open(state.log(), true), state);
        add(bucket);
        wake();
    }

    // ---- Messages come in

    /// Appends a batch of messages, each in the log of its bucket.
    ///
    /// @return what to do when they are durable
    /// @throws LogException when some were not appended
    public Runnable append(RecordBatch batch) {
        return incoming.append(batch);
    }

    /// The bucket to append to.
    Bucket bucketFor(Span span) {
        Bucket bucket = open.get(span);
        if (bucket == null || bucket.isFull()) {
            var log = shard.open(shard.newLog(entry.durable()), entry.durable());
            bucket = new Bucket(log, new BucketState(log.id(), span));
            if (span.from() - Bucket.LOOK_AHEAD <= shard.now()) {
                bucket.schedule().open();
            }
            shard.opened(bucket, entry);
            add(bucket);
        }
        return bucket;
    }

    private void add(Bucket bucket) {
        buckets.put(LogIds.delayedNumber(bucket.id()), bucket);
        open.put(bucket.span(), bucket);
    }

    /// Messages are durable, and may leave from now on.
    void visible(Bucket bucket, long end, long base, long[] dueTimes) {
        if (bucket.isClosed()) {
            return;
        }
        bucket.visible(end);
        for (int i = 0; i < dueTimes.length; i++) {
            bucket.schedule().add(dueTimes[i], base + i);
        }
        if (!bucket.isScanning()) {
            bucket.schedule().limit();
        }
        wakeAt = Math.min(wakeAt, bucket.wakeAt(shard.now()));
    }

    // ---- Messages go out

    /// Does what is due: reads ahead, forwards, lets go of empty buckets.
    ///
    /// @param most how many messages to forward
    /// @return whether there is more to do at once
    public boolean work(int most) {
        if (closed || shard.now() < wakeAt || shard.now() < pausedUntil) {
            return false;
        }
        int forwarded = 0;
        while (forwarded < most && underWay < MOST_UNDER_WAY && forwardNext()) {
            forwarded++;
        }
        walk.letGoOfTail();
        tend();
        return forwarded == most;
    }

    /// Looks after every bucket, and notes when to do so next.
    private void tend() {
        long now = shard.now();
        boolean isBusy = reading || underWay >= MOST_UNDER_WAY;
        // While some are read or on their way, their end calls.
        wakeAt = next < taken.length && !isBusy ? now : Long.MAX_VALUE;
        long bytes = (long) Long.BYTES * taken.length;
        for (Bucket bucket : List.copyOf(buckets.values())) {
            if (bucket.isDone(now)) {
                close(bucket);
            } else {
                wakeAt = isBusy ? wakeAt : Math.min(wakeAt, bucket.wakeAt(now));
                bytes += bucket.schedule().bytes();
            }
        }
        hold(bytes);
        loadNext(now);
    }

    /// Begins to read what is behind the nearest horizon, if it is time: not too much at once, and no more than memory
    /// is to hold, unless it is due before everything that memory holds.
    private void loadNext(long now) {
        Bucket nearest = null;
        int scans = 0;
        long size = 0;
        long firstDue = Long.MAX_VALUE;
        for (Bucket bucket : buckets.values()) {
            Schedule schedule = bucket.schedule();
            scans += bucket.isScanning() ? 1 : 0;
            size += schedule.size();
            firstDue = Math.min(firstDue, schedule.firstDue());
            if (bucket.needsScan(now)
                    && (nearest == null
                            || schedule.horizonDue() < nearest.schedule().horizonDue())) {
                nearest = bucket;
            }
        }
        if (nearest != null
                && scans < MOST_SCANS
                && (size < MOST_HELD || nearest.schedule().horizonDue() < firstDue)) {
            Loading.start(nearest, shard, this::wake);
            wake(); // for the one behind it
        }
    }

    /// So much memory is taken by what is next.
    private void hold(long bytes) {
        if (bytes > held) {
            shard.memory().hold(bytes - held);
        } else if (bytes < held) {
            shard.memory().release(held - bytes);
        }
        held = bytes;
    }

    private void wake() {
        wakeAt = shard.now();
    }

    /// @return false when there is nothing to forward now
    private boolean forwardNext() {
        if (reading || (next == taken.length && !take())) {
            return false;
        }
        Bucket bucket = taking;
        if (bucket == null) {
            return false;
        }
        long offset = taken[next];
        if (!bucket.isWaiting(offset)) {
            next++; // cancelled meanwhile
            return true;
        }
        return forward(bucket, offset);
    }

    private boolean forward(Bucket bucket, long offset) {
        RecordWalk.Found found;
        try {
            found = walk.seek(bucket.log(), offset);
        } catch (LogException.Damaged e) {
            LOG.log(Level.ERROR, "a delayed message of " + entry + " is damaged, and passed over", e);
            next++;
            return true;
        }
        switch (found) {
            case COLD -> readCold(bucket, offset);
            case GONE -> {
                next++;
                settle(bucket, offset, offset + 1);
            }
            case HERE -> {
                next++;
                underWay++;
                bucket.leaves(offset);
                RecordCursor record = walk.record();
                Due due = Due.of(record);
                shard.forward(
                        this,
                        bucket,
                        record,
                        due == null ? new Due(bucket.span().from(), 0) : due);
            }
        }
        return found != RecordWalk.Found.COLD;
    }

    /// Takes what is due from the bucket that is due first.
    private boolean take() {
        walk.release();
        long now = shard.now();
        Bucket first = null;
        long due = now;
        for (Bucket bucket : buckets.values()) {
            long firstDue = bucket.schedule().firstDue();
            if (firstDue <= due) {
                due = firstDue;
                first = bucket;
            }
        }
        taking = first;
        taken = first == null ? new long[0] : takeFrom(first.schedule(), now);
        next = 0;
        return taken.length > 0;
    }

    private static long[] takeFrom(Schedule schedule, long now) {
        long[] offsets = new long[Math.min(schedule.size(), MOST_TAKEN)];
        int count = 0;
        while (count < offsets.length && schedule.firstDue() <= now) {
            offsets[count++] = Schedule.offsetOf(schedule.poll());
        }
        if (count > MANY) {
            Arrays.sort(offsets, 0, count);
        }
        return count == offsets.length ? offsets : Arrays.copyOf(offsets, count);
    }

    private void readCold(Bucket bucket, long offset) {
        reading = true;
        int bytes = shard.memory().readAhead(isDense() ? 1024 * 1024 : 64 * 1024, 16 * 1024);
        shard.read(() -> {
            try {
                LogSlice read = bucket.log().read(offset, bytes);
                shard.then(() -> loaded(read, offset));
            } catch (LogException.Damaged e) {
                shard.then(() -> damaged(e));
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "delayed messages of " + entry + " could not be read; it is tried again", e);
                shard.then(this::readFailed);
            }
        });
    }

    /// Whether the messages taken lie so close to each other that it is worth while to read them all.
    private boolean isDense() {
        int ahead = Math.min(next + 64, taken.length - 1);
        return Math.abs(taken[ahead] - taken[next]) < 1024;
    }

    private void loaded(LogSlice read, long from) {
        reading = false;
        if (closed) {
            read.close();
        } else {
            walk.loaded(read, from);
            wake();
        }
    }

    private void damaged(LogException.Damaged damage) {
        LOG.log(Level.ERROR, "delayed messages of " + entry + " are damaged, and passed over", damage);
        reading = false;
        next++;
        wake();
    }

    private void readFailed() {
        reading = false;
        pause();
    }

    /// The disk cannot do what is to be done now.
    public void postpone() {
        pause();
    }

    private void pause() {
        if (shard.now() >= pausedUntil) {
            pausedUntil = shard.now() + pause;
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
        wake();
    }

    // ---- What became of them

    /// The messages are durable where they went.
    public void forwarded(Bucket bucket, long offset) {
        underWay--;
        pause = SHORTEST_PAUSE;
        settle(bucket, offset, offset + 1);
    }

    /// The message could not be stored where it was to go, and waits again.
    public void refused(Bucket bucket, long offset) {
        underWay--;
        if (!bucket.isClosed()) {
            bucket.comesBack(offset);
            pause();
        }
    }

    private void settle(Bucket bucket, long from, long to) {
        if (bucket.isClosed()) {
            return;
        }
        if (bucket.newlySettled().isEmpty()) {
            shard.settled(this, bucket);
        }
        bucket.settle(from, to);
        wake();
    }

    /// What was settled in the bucket is journaled.
    public void recorded(Bucket bucket) {
        bucket.recordSettled();
        if (shard.now() >= bucket.span().to()) {
            wake(); // it may have been the last
        }
    }

    /// Takes a message out before its time.
    ///
    /// @return whether it waited here
    /// @throws LogException when it stays, because that cannot be written
    public boolean cancel(long id) {
        Bucket bucket = buckets.get(id >>> Schedule.OFFSET_BITS);
        long offset = id & (Schedule.MOST_OFFSETS - 1);
        if (id < 0 || bucket == null || !bucket.isWaiting(offset)) {
            return false;
        }
        shard.settles(this, bucket, offset);
        settle(bucket, offset, offset + 1);
        return true;
    }

    /// Finds the first messages by due time that come behind this one, and have not left.
    ///
    /// @param found called on a thread that may wait
    public void list(@Nullable DelayedMessage behind, int most, Consumer<List<DelayedMessage>> found) {
        var list = new DelayedList(buckets.values(), behind, most);
        shard.read(() -> found.accept(list.read()));
    }

    // ---- The end

    private void close(Bucket bucket) {
        bucket.close();
        buckets.remove(LogIds.delayedNumber(bucket.id()));
        open.remove(bucket.span(), bucket);
        shard.closed(bucket);
    }

    /// The exchange is gone, and its messages go with it.
    public void drop() {
        long waiting = waiting();
        if (waiting > 0) {
            LOG.log(Level.WARNING, "{0} is deleted with {1} delayed messages", entry, waiting);
        }
        closed = true;
        walk.release();
        hold(0);
        new ArrayList<>(buckets.values()).forEach(this::close);
        wakeAt = Long.MAX_VALUE;
    }
}

package io.posthorn.log;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Writes the journal: one entry after the other, the next one only when the one before is durable, so that after a
/// crash only the last can be in doubt. Its turns are tasks on the flusher's executor, one at a time.
final class JournalFlusher {
    private static final long LARGEST_GROUP = 8 << 20;

    /// Where the flusher tells what has happened, and asks for the next segment.
    interface Owner {
        /// The durable end has moved.
        void durable();

        /// This writer's segment is full: seal it, and prepare another.
        void retired(SegmentWriter writer);

        /// No further segment is prepared.
        void starved();

        void failed(Throwable cause);
    }

    private final SegmentedJournal journal;
    private final Executor executor;
    private final Owner owner;
    private final long largestGroup;

    /// An entry that the engine has not acknowledged yet.
    private record Sent(Group group, CompletableFuture<Long> written) {}

    private SegmentWriter writer;
    private @Nullable SegmentWriter prepared;
    private volatile @Nullable Group waiting;
    private @Nullable Sent inFlight;
    private boolean busy;

    /// Whether the segment that is written ends as soon as there is another.
    private boolean turning;

    private final AtomicLong flushes = new AtomicLong();

    /// @param segmentCapacity of which one entry takes a quarter at most, unless a single frame is larger
    JournalFlusher(
            SegmentedJournal journal, Executor executor, Owner owner, SegmentWriter writer, long segmentCapacity) {
        this.journal = journal;
        this.executor = executor;
        this.owner = owner;
        this.writer = writer;
        this.largestGroup = Math.min(LARGEST_GROUP, segmentCapacity / 4);
    }

    long flushes() {
        return flushes.get();
    }

    /// One turn: one entry. What is asked for beyond it is another turn, so that whoever lends the thread may use it in
    /// between.
    synchronized void run() {
        if (!busy && guarded(this::writeNext)) {
            executor.execute(this::run);
        }
    }

    /// Whatever ends a turn in its middle, memory that is out included, leaves the journal in doubt: nobody may wait
    /// for a turn that never comes.
    private boolean guarded(BooleanSupplier turn) {
        try {
            return turn.getAsBoolean();
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    /// @return whether another turn is wanted now
    private boolean writeNext() {
        busy = true;
        Group group = next();
        if (group == null) {
            return ended();
        }
        if (!haveRoomFor(group)) {
            waiting = group;
            busy = false;
            owner.starved();
            return false;
        }
        CompletableFuture<Long> written;
        try {
            written = writer.append(group.buffers()).toCompletableFuture();
        } catch (RuntimeException e) {
            fail(e);
            return false;
        }
        if (!written.isDone()) {
            var sent = new Sent(group, written);
            inFlight = sent;
            var _ = written.whenCompleteAsync((_, _) -> resume(sent), executor);
            return false;
        }
        return settle(group, written);
    }

    /// The entry of this turn is written, or there was none to write.
    ///
    /// @return whether another turn is wanted now
    private boolean ended() {
        boolean more = journal.keepOrEndTurns() || hasTurned();
        busy = false;
        return more;
    }

    /// Nothing is in flight: what comes next begins where the durable part ends.
    private boolean hasTurned() {
        long end = journal.durableEnd();
        turning &= end > journal.lastSegmentFrom();
        SegmentWriter next = prepared;
        if (!turning || next == null) {
            return false;
        }
        writeTo(next, end);
        return true;
    }

    private @Nullable Group next() {
        Group group = waiting;
        waiting = null;
        return group != null ? group : journal.nextGroup(largestGroup);
    }

    private synchronized void resume(Sent sent) {
        if (sent.equals(inFlight) && guarded(() -> settleInFlight(sent))) {
            executor.execute(this::run);
        }
    }

    private boolean settleInFlight(Sent sent) {
        inFlight = null;
        return settle(sent.group(), sent.written());
    }

    /// @return whether another turn is wanted now
    private boolean settle(Group group, CompletableFuture<Long> written) {
        if (written.isCompletedExceptionally()) {
            fail(written.exceptionNow());
            return false;
        }
        journal.settle(group, written.resultNow());
        flushes.incrementAndGet();
        owner.durable();
        return ended();
    }

    private void fail(Throwable cause) {
        busy = false;
        owner.failed(cause);
    }

    private boolean haveRoomFor(Group group) {
        boolean fits = writer.fits(group.size());
        if (fits && !turning) {
            return true;
        }
        if (prepared == null || !prepared.fits(group.size())) {
            return fits;
        }
        writeTo(prepared, group.from());
        return true;
    }

    /// @param from the position of its first entry
    private void writeTo(SegmentWriter next, long from) {
        SegmentWriter full = writer;
        writer = next;
        prepared = null;
        turning = false;
        journal.lock();
        journal.segments().add(new JournalSegments.Part(writer.id(), new EntryTable(from)));
        journal.unlock();
        owner.retired(full);
    }

    /// Ends the segment that is written, though it is not full: as soon as there is another.
    synchronized void turn() {
        turning = true;
        executor.execute(this::run);
    }

    /// Whether the next segment must still be prepared, or the one that is cannot take what waits.
    synchronized boolean needsSegment() {
        return prepared == null || (waiting != null && !prepared.fits(waiting.size()));
    }

    /// Whether work waits for a segment.
    boolean isStarved() {
        return waiting != null;
    }

    /// Hands over the next segment. Work that waited for it goes on.
    ///
    /// @return one prepared before that was too small; it has no entries
    synchronized @Nullable SegmentWriter prepared(SegmentWriter next) {
        SegmentWriter unused = prepared;
        prepared = next;
        if (turning || (waiting != null && next.fits(waiting.size()))) {
            executor.execute(this::run);
        }
        return unused;
    }

    /// Writes what is left, in the caller, as far as there is room.
    ///
    /// @return whether there is work that waits for a segment. Whoever asks [#isStarved] instead may be told
    /// no, while the flusher's own thread has that work in its hands
    synchronized boolean finishTurn() {
        boolean more = !busy && writeNext();
        for (Sent sent = inFlight; more || sent != null; sent = inFlight) {
            if (sent == null) {
                more = writeNext();
            } else {
                var _ = sent.written().handle((_, _) -> true).join();
                more = settleInFlight(sent);
            }
        }
        return waiting != null;
    }

    /// Ends the segment in order.
    synchronized void seal() {
        writer.seal();
    }

    /// Lets go of the writers as they are.
    synchronized void release() {
        writer.close();
        if (prepared != null) {
            prepared.close();
        }
    }
}

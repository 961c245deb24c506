package io.posthorn.log;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/// All logs of one broker, their journal, and what is known of their health.
///
/// [#open] and [#openVolatile] may be called by any thread; what they return is appended by one writer.
public interface LogStorage extends AutoCloseable {
    Journal journal();

    /// The durable log of this id; empty when nothing was appended yet. Costs no I/O and, idle, under 200
    /// bytes of heap.
    Log open(LogId id);

    /// A log in memory, which spills without syncing beyond a common budget, and is gone after a restart.
    Log openVolatile(LogId id);

    /// Gives up a log with all its records. Takes effect at once here, and durably with a later sync.
    void drop(LogId id);

    /// Appends one batch to several durable logs as one journal entry, and returns its first offset in each,
    /// in order.
    long[] appendAll(List<Log> logs, RecordBatch batch, boolean sync);

    /// Appends several batches and events as one: after a crash all of them are there, or none. Durable as after
    /// [Log#append]: once the durable end has reached [Journal#end] of right after this call.
    ///
    /// @return for each batch in order, its first offset in each of its logs
    /// @throws IllegalArgumentException when they are more than a journal takes at once, half a segment
    List<long[]> appendTogether(List<Append> parts, boolean sync);

    /// Runs something that appends, on the caller's thread, and lets nothing else append meanwhile: after a crash all
    /// of it is there, or nothing. As [#appendTogether], where not everything is known before.
    ///
    /// The storage's lock is held, so `appends` does nothing long. They are not refused for want of room, but
    /// before they begin. What is more than [#mostAtOnce] together fails in the middle, so the caller reckons
    /// before.
    ///
    /// @param makesRoom whether nothing but events is appended
    /// @throws LogException.StorageFull when the storage has reached its reserve; nothing was run
    /// @throws LogException.Poisoned when an earlier sync failed; nothing was run
    void atomically(boolean makesRoom, Runnable appends);

    /// How many bytes the journal takes as one, whether by one append or atomically: half a segment, with the
    /// frames of batches and events.
    int mostAtOnce();

    /// Drops every durable log that the broker does not know: the orphans of a crash between a declare and
    /// its event.
    ///
    /// @return how many there were
    int sweep(Predicate<LogId> known);

    /// Passes the batches of a durable log that are in closed data and end before `to` through a filter, and puts
    /// what it retains in their place: some at a time, oldest first, in the background. Offsets never change. At
    /// any time, and after a crash, each batch is there as it was or as it was retained, and read once. What is
    /// read meanwhile stays as it is for its reader.
    ///
    /// @param to batches that reach there stay as they are
    /// @return done when all of it is durable, with the offset up to which the filter was asked; failed with what
    /// the filter or the storage threw, and then what was not replaced is as it was
    CompletionStage<Long> clean(LogId id, long to, BatchFilter filter);

    /// Asks that what was appended until now becomes closed data soon, however little it is. That ends a segment of
    /// the journal and takes a snapshot: for those who would wait too long otherwise, and not often.
    void closeSoon();

    /// Takes the signals of this storage from now on. Called once, after recovery, before the first append.
    void start(StorageListener listener, Snapshots snapshots);

    StorageHealth health();

    /// Stops in order: syncs what was appended, marks the journal as cleanly closed, releases everything.
    @Override
    void close();
}

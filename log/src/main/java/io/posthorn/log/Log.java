package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// One sequence of record batches. Appended and trimmed by its one writer only; read by any thread.
///
/// A durable log is an index into the journal and the data segments; a volatile log lives in memory, spills
/// without syncing, and is empty after a restart. Both behave alike here.
public interface Log {
    LogId id();

    LogBounds bounds();

    /// Copies the batch to the end of the log, with the offsets that follow, and returns the first of them.
    /// Does no I/O.
    ///
    /// For a durable log the batch is durable once the journal's durable end has reached the value that
    /// [Journal#end] has right after this call. It is readable at once; it is the caller's duty to show
    /// nobody what is not durable yet.
    ///
    /// @param sync whether somebody waits for this batch to be durable. Without it the batch goes with the
    /// next sync.
    /// @throws LogException.Poisoned when an earlier sync failed; nothing was appended
    /// @throws LogException.StorageFull when the storage has reached its reserve; nothing was appended
    long append(RecordBatch batch, boolean sync);

    /// As [#append] without a sync, of a batch that nobody else has: the log may keep its bytes.
    default long appendOwn(RecordBatch batch) {
        return append(batch, false);
    }

    /// The batches from the one that holds `offset`, as many as fit in `maxBytes` but at least one, if they
    /// are in memory; an absent value (null) when the disk is needed. Never blocks. An empty slice when
    /// `offset` is at the end.
    ///
    /// @throws LogException.OffsetOutOfRange when `offset` is before the start or behind the end
    @Nullable
    LogSlice readTail(long offset, int maxBytes);

    /// As [#readTail], from wherever the batches are. May block on a cold disk.
    ///
    /// @throws LogException.OffsetOutOfRange when `offset` is before the start or behind the end
    /// @throws LogException.Unreadable when nothing can be read there now
    /// @throws LogException.Damaged when the bytes there are not what was written; the next readable offset
    /// is told
    LogSlice read(long offset, int maxBytes);

    /// As [#read], from the disk into memory of the reader's own, for bytes that are only handed on. May
    /// block.
    ///
    /// @return null when the batches are in memory, or cannot be read like this: then [#read] has them, or
    /// says what is wrong
    default @Nullable ReadBatches readInto(long offset, int maxBytes, ReadMemory memory) {
        return null;
    }

    /// Gives up the records before `offset`. Takes effect at once here, and durably with a later sync.
    /// Idempotent; an offset before the start is ignored, one behind the end means the end.
    void trimBefore(long offset);

    /// How these records will come to their end, for whatever is laid out from now on. Kept in memory only: told
    /// again after a restart. Unless told otherwise a log is a queue of work.
    void keepAs(RetentionClass retention);

    /// Records before this offset are in closed data, where [LogStorage#clean] reaches them.
    long closedEnd();

    /// Bytes of the closed data from the block of `offset` on.
    long closedBytes(long offset);

    /// About how many bytes its batches take that are left, wherever they lie; after a restart too.
    long bytes();
}

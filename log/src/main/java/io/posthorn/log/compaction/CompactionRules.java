package io.posthorn.log.compaction;

import io.posthorn.log.RecordBatch;
import java.util.function.Predicate;

/// How a log is compacted, this time.
///
/// @param now in milliseconds since the epoch, for the whole pass
/// @param youngest what was stamped later is not touched yet
/// @param deleteRetention for so many milliseconds a tombstone stays after it was first cleaned
/// @param aborted whether a batch with records is of a transaction that was aborted
public record CompactionRules(long now, long youngest, long deleteRetention, Predicate<RecordBatch> aborted) {}

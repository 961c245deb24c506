package io.posthorn.broker.delay;

import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.log.Log;
import io.posthorn.log.LogId;
import io.posthorn.log.RecordCursor;

/// What waiting messages need of the shard they live in. Called on the shard's thread.
public interface DelaySurroundings {
    /// Wall time in milliseconds since the epoch, the same during a pass.
    long now();

    /// An id that no log ever had.
    LogId newLog(boolean durable);

    Log open(LogId log, boolean durable);

    /// Journals that there is a bucket.
    ///
    /// @throws io.posthorn.log.LogException when that cannot be written
    void opened(Bucket bucket, DelayEntry of);

    /// Journals that the bucket is no more, and drops its log.
    void closed(Bucket bucket);

    /// Messages of this bucket are settled now: journal them in this pass, then call [DelayedMessages#recorded].
    void settled(DelayedMessages of, Bucket bucket);

    /// Journals at once that one message is settled.
    ///
    /// @throws io.posthorn.log.LogException when that cannot be written
    void settles(DelayedMessages of, Bucket bucket, long offset);

    /// Runs something on a thread that may wait.
    void read(Runnable reading);

    /// Runs something on the shard's thread; called on any.
    void then(Runnable task);

    /// Sends the message that the record holds where it is to go. It is due.
    void forward(DelayedMessages from, Bucket bucket, RecordCursor record, Due due);

    MemoryBudget memory();
}

package io.posthorn.log;

/// The one sequence in which everything durable is written: batches of all logs, and the events of the state
/// machines above. A position in it is a number of bytes since the journal began; positions only grow, over
/// restarts too.
///
/// Claiming a position is short and does no I/O; any thread may append. One flusher per journal writes and
/// syncs.
public interface Journal {
    /// The position behind the last append.
    long end();

    /// Everything before this position is durable. A volatile read; grows only.
    long durableEnd();

    /// Appends one event of a state machine. Events are given back to the same machine at recovery, in this
    /// order.
    ///
    /// @param machine which state machine; chosen by the caller, the same after a restart
    /// @param event opaque; copied
    /// @param sync whether somebody waits for it
    /// @return the position from which on the event is durable: `durableEnd() >= position`
    /// @throws IllegalArgumentException when the event takes more than half a segment
    /// @throws LogException.Poisoned when an earlier sync failed
    /// @throws LogException.StorageFull when the storage has reached its reserve
    long append(int machine, Bytes event, boolean sync);

    /// Asks the flusher to sync everything appended so far, and returns at once.
    void requestSync();

    /// Asks the flusher to sync everything before a position, and returns at once: cheap where somebody has
    /// asked for that already.
    ///
    /// Whoever waits for an [#end] that it has read must ask for it, though its own append asked for a sync:
    /// another thread may have appended in between, without anybody who waits for that.
    ///
    /// @throws IllegalArgumentException when the position is behind the end
    void requestSync(long position);
}

package io.posthorn.log;

import java.util.concurrent.Executor;

/// What runs a storage. It starts no thread by itself, so a simulation that passes executors which only queue
/// decides the order of everything.
///
/// @param flusher writes and syncs the journal; the turns of a storage are taken one at a time, though more than one
/// may
///     be queued: for what was appended, and for a segment that is prepared or to be turned
/// @param background rolls over, prepares and deletes segments, spills; its tasks may block for long
public record StorageThreads(Executor flusher, Executor background) {
    /// Runs everything in the caller: the simplest deterministic order.
    public static StorageThreads direct() {
        return new StorageThreads(Runnable::run, Runnable::run);
    }
}

package io.posthorn.broker.shard;

import io.posthorn.log.Journal;
import io.posthorn.log.LogException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// How far the disk is behind a shard: releases what waits for it, and says when to take no more before it has caught
/// up. Confined to the shard's thread, but for what others tell.
final class JournalWatch {
    private static final Logger LOG = System.getLogger(JournalWatch.class.getName());

    private final Journal journal;
    private final long mostUnsynced;
    private final ParkedReceipts parked;

    /// Read by the storage's threads, so that only shards that wait are woken up.
    private volatile boolean waits;

    /// Whether to wait for a disk that is behind.
    private volatile boolean holdsBack = true;

    private volatile LogException.@Nullable Poisoned failure;

    /// @param mostUnsynced nothing more is taken while so many bytes of the journal are not durable yet
    JournalWatch(Journal journal, long mostUnsynced, ParkedReceipts parked) {
        this.journal = journal;
        this.mostUnsynced = mostUnsynced;
        this.parked = parked;
    }

    // ---- From any thread

    /// Whether somebody is to be told when the durable end moves.
    boolean waits() {
        return waits;
    }

    /// The durable end will never move again, and so nobody is to wait for it.
    void failed(LogException.Poisoned cause) {
        failure = cause;
        holdsBack = false;
    }

    /// From now on what waits to be taken is taken, however far the disk is behind.
    void holdNothingBack() {
        holdsBack = false;
    }

    /// Why the journal has failed; null while it has not.
    LogException.@Nullable Poisoned failure() {
        return failure;
    }

    // ---- From the shard's thread

    /// Whether to take no more until the disk has caught up. The journal tells when it has.
    boolean isBehind() {
        if (!lags() || !holdsBack) {
            return false;
        }
        // Set before it is looked at again: whoever moves the durable end afterwards sees that somebody waits.
        waits = true;
        journal.requestSync();
        return lags();
    }

    private boolean lags() {
        return journal.end() - journal.durableEnd() > mostUnsynced;
    }

    /// Lets those go on whose position is durable.
    void releaseDurable() {
        if (parked.isEmpty()) {
            waits = isBehind();
            return;
        }
        // Set before the durable end is read: whoever moves it afterwards sees that somebody waits.
        waits = true;
        long durableEnd = journal.durableEnd();
        for (var each = parked.pollDurable(durableEnd); each != null; each = parked.pollDurable(durableEnd)) {
            release(each);
        }
        if (parked.isEmpty()) {
            waits = isBehind();
        } else {
            // What it appended may be durable, and what another shard appended a moment later lie before the position.
            journal.requestSync(parked.lastPosition());
        }
    }

    private static void release(ParkedReceipts.Parked entry) {
        try {
            entry.durable();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "what has become durable could not be told", e);
        }
    }
}

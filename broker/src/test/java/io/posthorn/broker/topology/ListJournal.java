package io.posthorn.broker.topology;

import io.posthorn.log.Bytes;
import io.posthorn.log.Journal;
import io.posthorn.log.Snapshots.SnapshotWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A journal in a list: one position per entry, durable as far as the test says.
final class ListJournal implements Journal, SnapshotWriter {
    /// @param isChunk whether it is a piece of a snapshot, or an event
    record Entry(boolean isChunk, Bytes bytes) {}

    final List<Entry> entries = new ArrayList<>();
    private long durableEnd;
    private int snapshotsDone;
    private @Nullable RuntimeException refusal;
    private Runnable behindNextLook = () -> {};

    @Override
    public long end() {
        return entries.size();
    }

    @Override
    public long durableEnd() {
        long seen = durableEnd;
        Runnable meanwhile = behindNextLook;
        behindNextLook = () -> {};
        meanwhile.run();
        return seen;
    }

    /// Lets something happen as soon as somebody has seen how far it is durable.
    void behindNextLook(Runnable action) {
        behindNextLook = action;
    }

    @Override
    public long append(int machine, Bytes event, boolean sync) {
        if (refusal != null) {
            throw refusal;
        }
        return add(false, event);
    }

    @Override
    public void requestSync() {}

    @Override
    public void requestSync(long position) {}

    @Override
    public void chunk(int machine, Bytes chunk) {
        add(true, chunk);
    }

    @Override
    public void done(int machine) {
        snapshotsDone++;
    }

    @Override
    public void failed(int machine) {
        throw new AssertionError("it has all");
    }

    long makeDurable() {
        durableEnd = end();
        return durableEnd;
    }

    void refuse(RuntimeException cause) {
        refusal = cause;
    }

    int snapshotsDone() {
        return snapshotsDone;
    }

    /// What a restart would find, when everything before `begin` is no longer there.
    Topology recover(int begin, long end) {
        var recovery = new TopologyRecovery();
        for (Entry entry : entries.subList(begin, (int) end)) {
            if (entry.isChunk()) {
                recovery.restore(entry.bytes());
            } else {
                recovery.replay(entry.bytes());
            }
        }
        return recovery.topology();
    }

    private long add(boolean isChunk, Bytes bytes) {
        entries.add(new Entry(isChunk, bytes));
        return end();
    }
}

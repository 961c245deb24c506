package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import io.posthorn.log.compaction.CompactionRules;

/// When a partition's log is compacted, and how far. Confined to the thread of its queue; the work is done elsewhere,
/// and comes back with [#compacted].
final class Compacting {
    /// As often as Kafka looks, while something comes; less and less often while what came only waits to be closed.
    private static final long SHORTEST_PAUSE = 15_000;

    private static final long LONGEST_PAUSE = 5 * 60_000;

    private final Queue queue;
    private final CompactionSettings settings;
    private boolean running;
    private long pause = SHORTEST_PAUSE;
    private long dirtySince = Message.NEVER;

    /// When to look whether there is enough to do; [Message#NEVER] when nothing has come.
    private long lookAt = Message.NEVER;

    Compacting(Queue queue, CompactionSettings settings) {
        this.queue = queue;
        this.settings = settings;
        lookLater();
    }

    void appended() {
        pause = SHORTEST_PAUSE;
        if (lookAt == Message.NEVER && !running) {
            lookLater();
        }
    }

    private void lookLater() {
        lookAt = queue.shard.now() + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE);
        queue.shard.wakeAt(queue, lookAt);
    }

    void woken() {
        if (running || queue.shard.now() < lookAt) {
            return;
        }
        lookAt = Message.NEVER;
        long from = from();
        long to = Math.min(queue.log.closedEnd(), queue.stableEnd());
        if (from < to && isWorthwhile(from)) {
            running = true;
            queue.shard.compact(queue, from, to, rules());
        } else if (to < queue.logEnd || (from < to && settings.maxLag() != Message.NEVER)) {
            // What is still open is closed some time, and nobody tells.
            lookLater();
        }
    }

    private long from() {
        return Math.max(queue.state.compactedTo(), queue.start());
    }

    private boolean isWorthwhile(long from) {
        long dirty = queue.log.closedBytes(from);
        long all = queue.log.closedBytes(queue.start());
        dirtySince = Math.min(dirtySince, queue.shard.now());
        return dirty >= settings.dirtyRatio() * all || queue.shard.now() - dirtySince >= settings.maxLag();
    }

    private CompactionRules rules() {
        long now = queue.shard.now();
        return new CompactionRules(
                now,
                now - settings.minLag(),
                settings.deleteRetention(),
                batch -> !batch.isControl() && queue.isVoid(batch));
    }

    /// The work has come to its end.
    ///
    /// @param end everything before it is compacted; -1 when it failed
    void compacted(long end) {
        running = false;
        if (end > from()) {
            queue.state.compactedTo(end);
            queue.shard.compactedTo(queue, end);
            dirtySince = Message.NEVER;
            pause = SHORTEST_PAUSE;
        } else {
            pause = LONGEST_PAUSE;
        }
        lookLater();
    }
}

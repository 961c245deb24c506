package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import io.posthorn.log.compaction.CompactionRules;

/// When a partition's log is compacted, and how far. Confined to the thread of its queue; the work is done elsewhere,
/// and comes back with [#compacted].
final class Compacting {
    /// As often as Kafka looks, while something comes; less and less often while what came only waits to be closed.
    private static final long SHORTEST_PAUSE = 15_000;

    private static final long LONGEST_PAUSE = 5 * 60_000;

    /// However small a topic's segments are to be.
    private static final long SHORTEST_OF_ALL = 1_000;

    private final Queue queue;
    private final CompactionSettings settings;
    private boolean running;
    private long pause = SHORTEST_PAUSE;
    private long dirtySince = Message.NEVER;

    /// When the first batch came that may be open still, and how much has come since; [Message#NEVER] for none.
    private long openSince = Message.NEVER;

    private long openBytes;

    /// When to look whether there is enough to do; [Message#NEVER] when nothing has come.
    private long lookAt = Message.NEVER;

    Compacting(Queue queue, CompactionSettings settings) {
        this.queue = queue;
        this.settings = settings;
        lookLater();
    }

    /// @param bytes of the batch
    void appended(int bytes) {
        openBytes += bytes;
        if (openSince == Message.NEVER) {
            openSince = queue.shard.now();
        }
        pause = shortestPause();
        if (lookAt == Message.NEVER && !running) {
            lookLater();
        }
    }

    private long shortestPause() {
        return Math.clamp(settings.openMillis(), SHORTEST_OF_ALL, SHORTEST_PAUSE);
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
        closeSoon();
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

    /// Has what was appended closed, where the topic is not to wait until the journal is full.
    private void closeSoon() {
        if (queue.log.closedEnd() >= queue.logEnd) {
            openSince = Message.NEVER;
            openBytes = 0;
        } else if (openSince == Message.NEVER) {
            // From before the start.
            openSince = queue.shard.now();
        } else if (openBytes >= settings.openBytes() || queue.shard.now() - openSince >= settings.openMillis()) {
            queue.shard.closeSoon();
            pause = shortestPause();
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
            pause = shortestPause();
        } else {
            pause = LONGEST_PAUSE;
        }
        lookLater();
    }
}

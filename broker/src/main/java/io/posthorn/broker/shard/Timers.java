package io.posthorn.broker.shard;

import io.posthorn.broker.Message;
import io.posthorn.broker.Timer;
import io.posthorn.broker.queue.Queue;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// When which queue of a shard is to be woken: one entry a queue that counts, and one call of the timer under way
/// for all. Confined to the shard's thread.
final class Timers {
    /// Longer than this is waited for in parts, as the wall clock may be set.
    private static final long MOST_AT_ONCE = 60_000;

    private final PriorityQueue<Entry> entries = new PriorityQueue<>(Comparator.comparingLong(Entry::at));
    private final Timer timer;
    private final Runnable signal;

    /// What the timer was last asked for; null when it has done that.
    private @Nullable Armed armed;

    private long shardAt = Message.NEVER;

    /// One wish; the queue's own note tells whether it is still its first.
    private record Entry(long at, Queue queue) {}

    /// One call that the timer was asked for. It comes in its own time, whatever becomes of the wall clock meanwhile.
    private static final class Armed implements Runnable {
        private final long at;
        private final Runnable signal;
        private volatile boolean came;

        Armed(long at, Runnable signal) {
            this.at = at;
            this.signal = signal;
        }

        @Override
        public void run() {
            came = true;
            signal.run();
        }
    }

    /// @param signal makes the shard run a pass; from any thread
    Timers(Timer timer, Runnable signal) {
        this.timer = timer;
        this.signal = signal;
    }

    /// The shard wants a pass at that time for itself, whatever it wanted before; [Message#NEVER] for none.
    void wakeShardAt(long at) {
        shardAt = at;
    }

    void wakeAt(Queue queue, long at) {
        if (at < queue.wakeAt) {
            queue.wakeAt = at;
            entries.add(new Entry(at, queue));
        }
    }

    /// Wakes every queue whose time has come, and asks the timer for the next.
    void run(long now, QueueTable queues) {
        if (armed != null && (armed.came || armed.at <= now)) {
            armed = null;
        }
        Entry first = entries.peek();
        while (first != null && first.at() <= now) {
            entries.remove();
            Queue queue = first.queue();
            if (queue.wakeAt == first.at() && queues.has(queue)) {
                queue.wakeAt = Message.NEVER;
                wake(queue, queues);
            }
            first = entries.peek();
        }
        arm(now);
    }

    private static void wake(Queue queue, QueueTable queues) {
        try {
            queue.woken();
        } catch (RuntimeException e) {
            queues.quarantine(queue, e);
        }
    }

    /// Asks the timer for the first of what is left.
    void arm(long now) {
        Entry first = entries.peek();
        long at = first == null ? shardAt : Math.min(first.at(), shardAt);
        if (at == Message.NEVER) {
            return;
        }
        long next = Math.min(at, now + MOST_AT_ONCE);
        if (armed == null || next < armed.at) {
            armed = new Armed(next, signal);
            timer.after(Math.max(1, next - now), armed);
        }
    }
}

package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import org.jspecify.annotations.Nullable;

/// For how long a queue stays that nobody uses: `x-expires`. Made for queues that have one. Confined to the thread of
/// its queue.
final class Disuse {
    private final Queue queue;
    private final long millis;
    private long usedAt;

    private Disuse(Queue queue, long millis) {
        this.queue = queue;
        this.millis = millis;
        used();
    }

    /// Null for a queue that stays, whoever uses it. The time begins now.
    static @Nullable Disuse of(Queue queue, QueueSettings settings) {
        return settings.expires() == Message.NEVER ? null : new Disuse(queue, settings.expires());
    }

    /// The time begins anew.
    void used() {
        usedAt = queue.shard.now();
        queue.wakeAt(usedAt + millis);
    }

    /// Gives the queue up if its time is over. Whoever consumes from it uses it.
    void woken() {
        if (queue.consumerCount() > 0) {
            return;
        }
        long expiresAt = usedAt + millis;
        if (queue.shard.now() < expiresAt) {
            queue.wakeAt(expiresAt);
        } else {
            queue.shard.unused(queue);
        }
    }
}

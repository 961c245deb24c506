package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import java.util.List;

/// For how long the consumers of a queue may hold a delivery.
record Deadlines(WorkQueue queue) {
    /// As the queue's settings have it now.
    void limit(Consumer consumer) {
        consumer.mustSettleWithin(queue.settings.consumerTimeout(), queue.shard.now());
        if (consumer.deadline() != Message.NEVER) {
            queue.wakeAt(consumer.deadline());
        }
    }

    /// Who has held a delivery for too long loses all it holds, and its subscription.
    void review() {
        for (Consumer consumer : List.copyOf(queue.consumers.all())) {
            long deadline = consumer.deadline();
            if (deadline <= queue.shard.now()) {
                queue.cancel(consumer);
                queue.release(consumer, Outcome.RELEASED);
                consumer.link().timedOut(consumer.timeout());
            } else if (deadline != Message.NEVER) {
                queue.wakeAt(deadline);
            }
        }
    }
}

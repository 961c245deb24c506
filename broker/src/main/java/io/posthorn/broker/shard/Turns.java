package io.posthorn.broker.shard;

import io.posthorn.broker.queue.Queue;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;

/// The queues that have something to dispatch, and take turns. Confined to the shard's thread.
final class Turns {
    private static final int DELIVERIES_PER_TURN = 1024;

    private final QueueTable queues;
    private final ArrayDeque<Queue> active = new ArrayDeque<>();
    private final ArrayList<Queue> dispatched = new ArrayList<>();

    Turns(QueueTable queues) {
        this.queues = queues;
    }

    void activate(Queue queue) {
        if (!queue.active) {
            queue.active = true;
            active.add(queue);
        }
    }

    /// Gives everybody one turn.
    ///
    /// @return whether somebody wants another
    boolean dispatch() {
        dispatched.clear();
        // Who watches a queue and then asks how far it reaches hears of what he does not see: bounds were moved before
        // this, and watchers are looked for behind it.
        VarHandle.fullFence();
        int turns = active.size();
        for (int i = 0; i < turns; i++) {
            Queue queue = active.remove();
            queue.active = false;
            if (queues.has(queue)) {
                dispatch(queue);
            }
        }
        for (int i = 0; i < dispatched.size(); i++) {
            dispatched.get(i).letGoOfTail();
        }
        return !active.isEmpty();
    }

    private void dispatch(Queue queue) {
        dispatched.add(queue);
        try {
            if (queue.dispatch(DELIVERIES_PER_TURN)) {
                activate(queue);
            }
        } catch (RuntimeException e) {
            queues.quarantine(queue, e);
        }
    }
}

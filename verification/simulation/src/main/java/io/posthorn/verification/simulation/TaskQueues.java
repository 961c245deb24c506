package io.posthorn.verification.simulation;

import io.posthorn.log.LogException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/// The threads of a simulated process: queues of tasks, of which chance picks the next to run. The tasks of one queue
/// keep their order.
public final class TaskQueues {
    private final Dice dice;
    private final List<Queue> queues = new ArrayList<>();

    TaskQueues(Dice dice) {
        this.dice = dice;
    }

    /// One thread.
    public static final class Queue implements Executor {
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private boolean running;

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        /// Whether the caller is a task of this queue.
        public boolean isCurrent() {
            return running;
        }

        /// Does this as if it were the thread's next task.
        public void runAsTask(Runnable task) {
            running = true;
            try {
                task.run();
            } catch (LogException _) {
                // As a thread does it: the task is over, the process goes on.
            } finally {
                running = false;
            }
        }
    }

    public Queue queue() {
        var queue = new Queue();
        queues.add(queue);
        return queue;
    }

    /// Runs one task; false when there is none.
    public boolean runOne() {
        int waiting = 0;
        for (Queue queue : queues) {
            waiting += queue.tasks.isEmpty() ? 0 : 1;
        }
        if (waiting == 0) {
            return false;
        }
        int chosen = dice.below(waiting);
        for (Queue queue : queues) {
            if (!queue.tasks.isEmpty() && chosen-- == 0) {
                queue.runAsTask(queue.tasks.remove());
                return true;
            }
        }
        throw new IllegalStateException("a waiting queue has gone");
    }

    public void runAll() {
        while (runOne()) {
            // until nothing waits
        }
    }

    /// The process is gone, and its threads with it.
    void clear() {
        queues.clear();
    }
}

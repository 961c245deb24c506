package io.posthorn.broker;

import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;

/// A loop whose tasks run when a test says so, on the test's thread.
public final class HandExecutor implements SessionSpec.IoExecutor {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final boolean isThread;
    private boolean running;
    private boolean stopped;

    /// @param isThread what is answered, between tasks, to whoever asks if this is the loop's thread
    public HandExecutor(boolean isThread) {
        this.isThread = isThread;
    }

    @Override
    public void execute(Runnable task) {
        if (stopped) {
            throw new RejectedExecutionException("the loop has ended");
        }
        tasks.add(task);
    }

    /// From now on the loop takes nothing, as one of a server that has stopped.
    public void stop() {
        stopped = true;
    }

    @Override
    public boolean isCurrentThread() {
        return isThread || running;
    }

    /// Runs one task.
    ///
    /// @return whether there was one
    public boolean runOne() {
        Runnable task = tasks.poll();
        if (task != null) {
            running = true;
            try {
                task.run();
            } finally {
                running = false;
            }
        }
        return task != null;
    }

    /// Runs until nothing is left.
    public int runAll() {
        int count = 0;
        while (runOne()) {
            count++;
        }
        return count;
    }
}

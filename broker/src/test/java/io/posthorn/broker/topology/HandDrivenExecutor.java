package io.posthorn.broker.topology;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.util.ArrayDeque;

/// Runs what it is given when the test says so. The test's thread counts as its own.
final class HandDrivenExecutor implements IoExecutor {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public boolean isCurrentThread() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    boolean runOne() {
        if (tasks.isEmpty()) {
            return false;
        }
        tasks.remove().run();
        return true;
    }

    void runAll() {
        while (runOne()) {}
    }
}

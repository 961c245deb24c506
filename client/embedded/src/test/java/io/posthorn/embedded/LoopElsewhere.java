package io.posthorn.embedded;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.util.concurrent.Executor;

/// A loop whose thread is nobody's who asks.
///
/// @param executor has what the loop is given
record LoopElsewhere(Executor executor) implements IoExecutor {
    @Override
    public boolean isCurrentThread() {
        return false;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }
}

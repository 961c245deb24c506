package io.posthorn.protocol.connection;

import io.posthorn.broker.SessionSpec;
import io.posthorn.transport.IoLoop;

/// A loop of the transport as the broker's sessions want it.
public record LoopExecutor(IoLoop loop) implements SessionSpec.IoExecutor {
    @Override
    public boolean isCurrentThread() {
        return loop.isCurrentThread();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }
}

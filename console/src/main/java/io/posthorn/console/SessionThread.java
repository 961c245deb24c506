package io.posthorn.console;

import io.posthorn.broker.SessionSpec;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// The io thread of a session that has no socket.
public final class SessionThread implements SessionSpec.IoExecutor, AutoCloseable {
    private @Nullable Thread thread;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(this::newThread);

    private Thread newThread(Runnable work) {
        thread = Thread.ofVirtual().name("control-session").unstarted(work);
        return thread;
    }

    @Override
    public boolean isCurrentThread() {
        return Thread.currentThread().equals(thread);
    }

    /// What comes after the end is for nobody any more, and who sends it need not know.
    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException _) {
            return;
        }
    }

    /// What is queued is still run.
    @Override
    public void close() {
        executor.close();
    }
}

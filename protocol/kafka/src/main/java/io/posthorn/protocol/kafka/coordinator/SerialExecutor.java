package io.posthorn.protocol.kafka.coordinator;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Runs one task after another, on a virtual thread that is there only while there are any: a session that nobody uses
/// costs no thread.
public final class SerialExecutor implements IoExecutor {
    private static final System.Logger LOG = System.getLogger(SerialExecutor.class.getName());

    private final String name;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile @Nullable Thread current;

    public SerialExecutor(String name) {
        this.name = name;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            Thread.ofVirtual().name(name).start(this::runAll);
        }
    }

    @Override
    public boolean isCurrentThread() {
        return Thread.currentThread().equals(current);
    }

    private void runAll() {
        do {
            current = Thread.currentThread();
            runNext();
            // Before the count says so: once it is zero, another thread may be the current one.
            current = null;
        } while (waiting.decrementAndGet() > 0);
    }

    private void runNext() {
        Runnable task = tasks.poll();
        if (task == null) {
            throw new IllegalStateException("fewer tasks than counted");
        }
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // An Error too: who ends here takes all that waits with it.
            LOG.log(System.Logger.Level.ERROR, "a task of " + name + " failed", e);
        }
    }
}

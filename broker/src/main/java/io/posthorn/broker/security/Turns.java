package io.posthorn.broker.security;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Lets few of many tasks run at once. Those who wait take turns by group, so that one group with many tasks delays
/// another by one of them. Thread-safe.
final class Turns {
    private static final System.Logger LOG = System.getLogger(Turns.class.getName());

    private final Executor executor;
    private final int mostAtOnce;
    private final int mostWaiting;
    private final Map<String, Deque<Runnable>> waiting = new LinkedHashMap<>();
    private int running;
    private int waitingCount;

    Turns(Executor executor, int mostAtOnce, int mostWaiting) {
        this.executor = executor;
        this.mostAtOnce = mostAtOnce;
        this.mostWaiting = mostWaiting;
    }

    /// False when too many wait already; then the task never runs.
    boolean run(String group, Runnable task) {
        synchronized (this) {
            if (running >= mostAtOnce) {
                if (waitingCount >= mostWaiting) {
                    return false;
                }
                waiting.computeIfAbsent(group, _ -> new ArrayDeque<>()).add(task);
                waitingCount++;
                return true;
            }
            running++;
        }
        executor.execute(() -> runAndGoOn(task));
        return true;
    }

    private void runAndGoOn(Runnable first) {
        for (Runnable task = first; task != null; task = next()) {
            try {
                task.run();
            } catch (RuntimeException fault) {
                LOG.log(Level.ERROR, "a task failed", fault);
            }
        }
    }

    /// Whose group has waited longest for a turn; the group goes to the end of the line.
    private synchronized @Nullable Runnable next() {
        var groups = waiting.entrySet().iterator();
        if (!groups.hasNext()) {
            running--;
            return null;
        }
        var group = groups.next();
        groups.remove();
        Runnable task = group.getValue().remove();
        waitingCount--;
        if (!group.getValue().isEmpty()) {
            waiting.put(group.getKey(), group.getValue());
        }
        return task;
    }
}

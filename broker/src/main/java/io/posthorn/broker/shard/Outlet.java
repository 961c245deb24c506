package io.posthorn.broker.shard;

import io.posthorn.broker.SessionSpec;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/// The way from one shard to one session: at once where both are run by the same thread, otherwise collected
/// and handed over once per pass. Confined to the shard's thread.
public final class Outlet {
    private static final Logger LOG = System.getLogger(Outlet.class.getName());

    private final Shard shard;
    private final SessionSpec.IoExecutor io;
    private final boolean direct;
    private List<Runnable> collected = new ArrayList<>();

    /// Made on the session's thread.
    public Outlet(Shard shard, SessionSpec.IoExecutor io) {
        this(shard, io, shard.isRunByThisThread());
    }

    private Outlet(Shard shard, SessionSpec.IoExecutor io, boolean direct) {
        this.shard = shard;
        this.io = io;
        this.direct = direct;
    }

    /// The way to what may be called on the shard's own thread.
    static Outlet toAnyThread(Shard shard, SessionSpec.IoExecutor executor) {
        return new Outlet(shard, executor, true);
    }

    /// Whether what is run here runs at once, as the shard and the session share a thread.
    public boolean isDirect() {
        return direct;
    }

    public void run(Runnable effect) {
        if (direct) {
            runSafely(effect);
            return;
        }
        if (collected.isEmpty()) {
            shard.flushLater(this);
        }
        collected.add(effect);
    }

    /// Hands over what this pass has collected.
    void flush() {
        List<Runnable> effects = collected;
        collected = new ArrayList<>();
        try {
            io.execute(() -> effects.forEach(Outlet::runSafely));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "a session's thread has ended before its answers", e);
        }
    }

    /// What a session does with an answer is not the queue's fault.
    private static void runSafely(Runnable effect) {
        try {
            effect.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a session failed to take an answer", e);
        }
    }
}

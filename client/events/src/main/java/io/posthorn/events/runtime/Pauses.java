package io.posthorn.events.runtime;

import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

/// Waits of a worker with a message that stays where it is, so that nothing behind it overtakes it. They end with the
/// worker. Thread-safe.
final class Pauses {
    private final PosthornRuntime runtime;
    private final BiConsumer<Incoming, Boolean> standing;
    private final Set<Pause> open = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /// One wait. Each is itself only.
    private static final class Pause {
        final CountDownLatch over = new CountDownLatch(1);
        final Runnable goOn;

        Pause(Runnable goOn) {
            this.goOn = goOn;
        }
    }

    /// @param standing is told of each message that waits, when the end of its wait is arranged for, and that it does
    /// not any more, before its wait is over; the latter perhaps twice
    Pauses(PosthornRuntime runtime, BiConsumer<Incoming, Boolean> standing) {
        this.runtime = runtime;
        this.standing = standing;
    }

    /// Waits so long by the broker's time, or until [#end].
    void await(Incoming incoming, Duration wait) throws InterruptedException {
        Link link = runtime.link();
        var pause = new Pause(() -> standing.accept(incoming, false));
        open.add(pause);
        link.after(wait, () -> over(pause));
        standing.accept(incoming, true);
        if (ended) {
            over(pause);
        }
        if (!open.contains(pause)) {
            pause.goOn.run();
        }
        try {
            pause.over.await();
        } finally {
            over(pause);
        }
    }

    private void over(Pause pause) {
        if (open.remove(pause)) {
            pause.goOn.run();
            pause.over.countDown();
        }
    }

    void end() {
        ended = true;
        open.forEach(this::over);
    }

    boolean haveEnded() {
        return ended;
    }
}

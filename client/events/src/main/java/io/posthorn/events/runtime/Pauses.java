package io.posthorn.events.runtime;

import io.posthorn.events.spi.Link;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// Waits between two attempts at a message that stays where it is, so that nothing behind it overtakes it. They end
/// with their worker. Thread-safe.
final class Pauses {
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

    /// Waits so long by the broker's time, or until [#end].
    ///
    /// @param rest runs when the end of the wait is arranged for
    /// @param goOn runs before the wait is over, and once more where that was at once
    void await(Link link, Duration wait, Runnable rest, Runnable goOn) throws InterruptedException {
        var pause = new Pause(goOn);
        open.add(pause);
        link.after(wait, () -> over(pause));
        rest.run();
        if (ended) {
            over(pause);
        }
        if (!open.contains(pause)) {
            goOn.run();
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
}

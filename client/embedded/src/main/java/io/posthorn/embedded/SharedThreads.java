package io.posthorn.embedded;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The threads of a broker that nobody calls but this process. Its one loop is everybody's, and the flusher's too: what
/// it has made durable it also answers. Thread-safe.
final class SharedThreads {
    private @Nullable SharedLoop loop;

    synchronized IoExecutor loop(IoExecutor thread) {
        SharedLoop known = loop;
        if (known == null) {
            known = new SharedLoop(thread);
            loop = known;
        }
        return known;
    }

    /// Known before the storage is opened.
    private synchronized SharedLoop loop() {
        SharedLoop known = loop;
        if (known == null) {
            throw new IllegalStateException("a broker has a loop before it has a flusher");
        }
        return known;
    }

    /// Those who are answered between two entries come again for the next, so that it carries more.
    Executor flusher(Executor thread) {
        SharedLoop served = loop();
        return turn -> thread.execute(() -> served.after(turn));
    }
}

package io.posthorn.transport;

import java.util.concurrent.Executor;

/// One event loop, for those who want to run on its thread and need not know what it is.
public interface IoLoop extends Executor {
    /// Whether the caller is the loop's thread.
    boolean isCurrentThread();

    /// The name of its thread: `io-0`.
    String name();
}

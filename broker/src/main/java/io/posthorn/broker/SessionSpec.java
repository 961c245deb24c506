package io.posthorn.broker;

import java.util.concurrent.Executor;

/// @param name for people: shown in logs and lists
/// @param io runs everything that this session calls back, in order; calls made on this executor's own thread
/// may run at once
public record SessionSpec(String name, Principal principal, String virtualHost, IoExecutor io) {
    /// The single thread of a connection.
    public interface IoExecutor extends Executor {
        /// Whether the caller is that thread.
        boolean isCurrentThread();
    }
}

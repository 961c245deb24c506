package io.posthorn.events;

/// Handles events. Called on a virtual thread; as with [Handler], throwing has it tried again, and at last
/// dead-lettered with the cause.
@FunctionalInterface
public interface EventHandler<T> {
    /// Handles one event. Called by as many threads at once as [WorkOptions#concurrency] says.
    ///
    /// @throws Exception what has it tried again, or [Handler.Reject] and [Handler.RetryLater]
    void handleEvent(T event, EventContext context) throws Exception;
}

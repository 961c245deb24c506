package io.posthorn.events;

/// Handles events. Called on a virtual thread; as with [Handler], throwing has it tried again, and at last
/// dead-lettered with the cause.
@FunctionalInterface
public interface EventHandler<T> {
    void handleEvent(T event, EventContext context) throws Exception;
}

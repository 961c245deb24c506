package io.posthorn.broker;

/// Names one queue, once: a queue deleted and declared again has another handle.
public interface QueueHandle {
    String name();
}

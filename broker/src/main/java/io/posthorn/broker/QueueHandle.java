package io.posthorn.broker;

/// Names one queue, once: a queue deleted and declared again has another handle.
public interface QueueHandle {
    String name();

    /// Which partition it is of what the name stands for; 0 where there is one only.
    default int partition() {
        return 0;
    }

    /// Whether the name stands for a topic, which may have several partitions.
    default boolean isOfTopic() {
        return false;
    }
}

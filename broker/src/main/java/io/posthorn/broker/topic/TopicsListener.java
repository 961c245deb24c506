package io.posthorn.broker.topic;

/// Hears which topics there are.
public interface TopicsListener {
    void created(Topic topic);

    /// It has more partitions, or another configuration.
    void changed(Topic topic);

    void removed(Topic topic);
}

package io.posthorn.broker.topology;

/// Hears which queues there are, and which are paused. Called on the manager's executor, in the order of the changes,
/// once they are
/// durable and before they are answered.
public interface QueueLifecycle {
    /// Before the topology that shows it is published: whoever can route to it finds it there.
    void created(QueueEntry queue);

    /// After the topology without it is published; what was routed to it before may still come, and finds nothing.
    void removed(QueueEntry queue);

    /// The queue is to deliver nothing.
    ///
    /// @param reason what its status says
    void paused(QueueEntry queue, String reason);

    void resumed(QueueEntry queue);
}

package io.posthorn.broker.topology;

/// Hears which queues there are. Called on the system shard's executor, in the order of the changes and once
/// they are durable, before the topology that shows them is published and before their declare is answered.
public interface QueueLifecycle {
    void created(QueueEntry queue);

    /// The queue is in no route any more; what was routed to it before finds nothing.
    void removed(QueueEntry queue);
}

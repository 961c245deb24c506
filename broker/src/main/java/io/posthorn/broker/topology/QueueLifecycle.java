package io.posthorn.broker.topology;

/// Hears which queues there are, which are paused, and which exchanges delay messages. Called on the manager's
/// executor, in the order of the changes, once they are durable and before they are answered.
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

    /// As [#created(QueueEntry)]: an exchange at which messages wait.
    void created(DelayEntry exchange);

    /// As [#removed(QueueEntry)].
    void removed(DelayEntry exchange);

    /// The virtual host is gone with everything in it: its sessions end.
    void virtualHostDeleted(String name);

    /// The user is gone: the user's sessions end.
    void userDeleted(String name);
}

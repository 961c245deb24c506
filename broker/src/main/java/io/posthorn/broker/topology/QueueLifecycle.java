package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.topic.TopicsListener;
import java.util.function.Consumer;

/// Hears which queues there are, which are paused, and which exchanges delay messages. Called on the manager's
/// executor, in the order of the changes, once they are durable and before they are answered.
public interface QueueLifecycle {
    /// Before the topology that shows it is published: whoever can route to it finds it there.
    ///
    /// @param arguments those of the queue, and what policies make of them
    void created(QueueEntry queue, Arguments arguments);

    /// After the topology without it is published; what was routed to it before may still come, and finds nothing.
    void removed(QueueEntry queue);

    /// A partition is to do something else; the topology that shows it is published right after.
    ///
    /// @param arguments what its topic is configured with, and what holds otherwise
    void configured(QueueEntry partition, Arguments arguments);

    /// After the topology that shows it is published.
    ///
    /// @param news for everybody who listens
    void topicsChanged(String virtualHost, Consumer<TopicsListener> news);

    /// The queue is to deliver nothing.
    ///
    /// @param reason what its status says
    void paused(QueueEntry queue, String reason);

    void resumed(QueueEntry queue);

    /// After the topology that shows it is published: queues of the virtual host may have to do something else.
    void settingsChanged(String virtualHost);

    /// As [#created(QueueEntry, Arguments)]: an exchange at which messages wait.
    void created(DelayEntry exchange);

    /// As [#removed(QueueEntry)].
    void removed(DelayEntry exchange);

    /// The virtual host is gone with everything in it: its sessions end.
    void virtualHostDeleted(String name);

    /// The user is gone: the user's sessions end.
    void userDeleted(String name);
}

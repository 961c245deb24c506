package io.posthorn.broker;

import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Shard;
import io.posthorn.broker.topic.TopicsListener;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.QueueLifecycle;
import java.util.List;
import java.util.function.Consumer;

/// Queues come and go: their shards hear of it before anybody can route to them. Virtual hosts and users go: their
/// sessions hear of it.
final class LiveQueues implements QueueLifecycle {
    private final List<Shard> shards;
    private final LivePolicies policies;
    private final LocalStatistics statistics;
    private final TopicListeners topics;
    private final Sessions sessions;

    LiveQueues(
            List<Shard> shards,
            LivePolicies policies,
            LocalStatistics statistics,
            TopicListeners topics,
            Sessions sessions) {
        this.shards = shards;
        this.policies = policies;
        this.statistics = statistics;
        this.topics = topics;
        this.sessions = sessions;
    }

    @Override
    public void created(QueueEntry queue, Arguments arguments) {
        if (queue.isHead()) {
            statistics.queuesCreated.increment();
        }
        policies.created(queue, arguments);
    }

    @Override
    public void removed(QueueEntry queue) {
        if (queue.isHead()) {
            statistics.queuesDeleted.increment();
        }
        submit(queue, new Command.Drop(queue));
    }

    @Override
    public void configured(QueueEntry partition, Arguments arguments) {
        policies.configured(partition, arguments);
    }

    @Override
    public void settingsChanged(String virtualHost) {
        policies.changed(virtualHost);
    }

    @Override
    public void topicsChanged(String virtualHost, Consumer<TopicsListener> news) {
        topics.tell(virtualHost, news);
    }

    @Override
    public void paused(QueueEntry queue, String reason) {
        submit(queue, new Command.SetPaused(queue, reason));
    }

    @Override
    public void resumed(QueueEntry queue) {
        submit(queue, new Command.SetPaused(queue, null));
    }

    private void submit(QueueEntry queue, Command command) {
        shards.get(queue.shard()).submit(command);
    }

    @Override
    public void created(DelayEntry exchange) {
        shards.get(exchange.shard()).submit(new Command.OpenDelays(exchange));
    }

    @Override
    public void removed(DelayEntry exchange) {
        shards.get(exchange.shard()).submit(new Command.DropDelays(exchange));
    }

    @Override
    public void virtualHostDeleted(String name) {
        sessions.virtualHostDeleted(name);
    }

    @Override
    public void userDeleted(String name) {
        sessions.userDeleted(name);
    }
}

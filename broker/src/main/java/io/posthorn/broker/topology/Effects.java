package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.topic.TopicsListener;
import io.posthorn.broker.topology.RightsChange.UserDeleted;
import io.posthorn.broker.topology.TopologyChange.CursorDeclared;
import io.posthorn.broker.topology.TopologyChange.CursorDeleted;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeclared;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeleted;
import io.posthorn.broker.topology.TopologyChange.PartitionsAdded;
import io.posthorn.broker.topology.TopologyChange.QueueDeclared;
import io.posthorn.broker.topology.TopologyChange.QueueDeleted;
import io.posthorn.broker.topology.TopologyChange.TopicConfigured;
import io.posthorn.broker.topology.TopologyChange.TopicCreated;
import io.posthorn.broker.topology.TopologyChange.VirtualHostDeleted;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What shards and sessions have to hear of changes, in order, once they are durable.
final class Effects {
    private final List<QueueEntry> queuesBegun = new ArrayList<>();
    private final List<QueueEntry> queuesEnded = new ArrayList<>();
    private final List<TopicEntry> configured = new ArrayList<>();
    private final List<News> news = new ArrayList<>();
    private final List<DelayEntry> delaysBegun = new ArrayList<>();
    private final List<DelayEntry> delaysEnded = new ArrayList<>();
    private final Set<String> newSettings = new LinkedHashSet<>();
    private final List<String> hostsEnded = new ArrayList<>();
    private final List<String> usersEnded = new ArrayList<>();

    private record News(String virtualHost, Consumer<TopicsListener> news) {}

    List<QueueEntry> queuesBegun() {
        return queuesBegun;
    }

    List<QueueEntry> queuesEnded() {
        return queuesEnded;
    }

    /// Notes what a change has brought that has just been applied.
    void add(Topology before, TopologyChange change, Topology after) {
        switch (change) {
            case QueueDeclared(String host, var spec, var _, var _, var _) -> begun(after, host, spec.name());
            case TopicCreated(String host, String topic, var _, var _) -> begun(after, host, topic);
            case PartitionsAdded(String host, String name, var _, var _) -> {
                var topic = topic(after, host, name);
                int known = topic(before, host, name).size();
                queuesBegun.addAll(topic.entries().subList(known, topic.size()));
                news.add(new News(host, listener -> listener.changed(topic)));
            }
            case TopicConfigured(String host, String name, var _) -> {
                var topic = topic(after, host, name);
                configured.add(topic);
                news.add(new News(host, listener -> listener.changed(topic)));
            }
            case CursorDeclared(String host, String queue, String cursor, int _, var _) -> {
                var known = before.virtualHost(host).cursorsOf(queue).getOrDefault(cursor, List.of());
                var parts = after.virtualHost(host).cursorsOf(queue).getOrDefault(cursor, List.of());
                queuesBegun.addAll(parts.subList(known.size(), parts.size()));
            }
            case CursorDeleted(String host, String queue, String cursor) ->
                queuesEnded.addAll(before.virtualHost(host).cursorsOf(queue).getOrDefault(cursor, List.of()));
            case QueueDeleted(String host, String queue) -> ended(before, host, queue);
            case ExchangeDeclared(String host, var spec, var _) -> addDelay(after, host, spec.name(), delaysBegun);
            case ExchangeDeleted(String host, String exchange) -> addDelay(before, host, exchange, delaysEnded);
            case VirtualHostDeleted(String name) -> {
                var host = before.virtualHost(name);
                hostsEnded.add(name);
                host.queues().keySet().forEach(queue -> queuesEnded.addAll(host.belongingTo(queue)));
                host.seenTopics().forEach(topic -> news.add(new News(name, listener -> listener.removed(topic))));
                delaysEnded.addAll(host.delays());
            }
            case UserDeleted(String name) -> usersEnded.add(name);
            case SettingsChange setting -> addSettings(setting);
            default -> {
                // concerns who reads the topology only
            }
        }
    }

    private void addSettings(SettingsChange change) {
        @Nullable String host = change.hostOfQueues();
        if (host != null) {
            newSettings.add(host);
        }
    }

    private void begun(Topology after, String name, String queue) {
        var host = after.virtualHost(name);
        queuesBegun.addAll(host.queuesNamed(queue));
        var topic = host.seenTopic(queue);
        if (topic != null) {
            news.add(new News(name, listener -> listener.created(topic)));
        }
    }

    private void ended(Topology before, String name, String queue) {
        var host = before.virtualHost(name);
        queuesEnded.addAll(host.belongingTo(queue));
        var topic = host.seenTopic(queue);
        if (topic != null) {
            news.add(new News(name, listener -> listener.removed(topic)));
        }
    }

    /// One that a change has changed, so it is there.
    private static TopicEntry topic(Topology topology, String host, String name) {
        return Objects.requireNonNull(topology.virtualHost(host).topics().get(name));
    }

    private static void addDelay(Topology topology, String host, String name, List<DelayEntry> delays) {
        var exchange = topology.virtualHost(host).exchange(name);
        var delay = exchange == null ? null : exchange.delay();
        if (delay != null) {
            delays.add(delay);
        }
    }

    /// Before anybody can route to what is new.
    ///
    /// @param after everything
    void tellBegun(QueueLifecycle lifecycle, Topology after) {
        for (QueueEntry queue : queuesBegun) {
            lifecycle.created(queue, arguments(after, queue));
            if (after.hasVirtualHost(queue.virtualHost()) && !queue.isHead()) {
                tellPaused(lifecycle, after.virtualHost(queue.virtualHost()), queue);
            }
        }
        configured.forEach(topic ->
                topic.entries().forEach(queue -> lifecycle.configured(queue, arguments(after, queue))));
        delaysBegun.forEach(lifecycle::created);
    }

    private static Arguments arguments(Topology after, QueueEntry queue) {
        return after.hasVirtualHost(queue.virtualHost())
                ? after.virtualHost(queue.virtualHost()).argumentsOf(queue)
                : queue.spec().arguments();
    }

    /// A part that comes later is paused with its topic.
    private static void tellPaused(QueueLifecycle lifecycle, VirtualHost host, QueueEntry queue) {
        String reason = host.pausedBecause(queue.name());
        if (reason != null) {
            lifecycle.paused(queue, reason);
        }
    }

    /// When nobody finds any more what is gone, and everybody what is new.
    void tellEnded(QueueLifecycle lifecycle) {
        news.forEach(each -> lifecycle.topicsChanged(each.virtualHost, each.news));
        newSettings.forEach(lifecycle::settingsChanged);
        queuesEnded.forEach(lifecycle::removed);
        delaysEnded.forEach(lifecycle::removed);
        hostsEnded.forEach(lifecycle::virtualHostDeleted);
        usersEnded.forEach(lifecycle::userDeleted);
    }
}

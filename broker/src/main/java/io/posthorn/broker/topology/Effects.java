package io.posthorn.broker.topology;

import io.posthorn.broker.topology.RightsChange.UserDeleted;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeclared;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeleted;
import io.posthorn.broker.topology.TopologyChange.QueueDeclared;
import io.posthorn.broker.topology.TopologyChange.QueueDeleted;
import io.posthorn.broker.topology.TopologyChange.VirtualHostDeleted;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What shards and sessions have to hear of changes, in order, once they are durable.
final class Effects {
    private final List<QueueEntry> queuesBegun = new ArrayList<>();
    private final List<QueueEntry> queuesEnded = new ArrayList<>();
    private final List<DelayEntry> delaysBegun = new ArrayList<>();
    private final List<DelayEntry> delaysEnded = new ArrayList<>();
    private final Set<String> newPolicies = new LinkedHashSet<>();
    private final List<String> hostsEnded = new ArrayList<>();
    private final List<String> usersEnded = new ArrayList<>();

    List<QueueEntry> queuesBegun() {
        return queuesBegun;
    }

    List<QueueEntry> queuesEnded() {
        return queuesEnded;
    }

    /// Notes what a change has brought that has just been applied.
    void add(Topology before, TopologyChange change, Topology after) {
        switch (change) {
            case QueueDeclared(String host, var spec, var _, var _) -> addQueue(after, host, spec.name(), queuesBegun);
            case QueueDeleted(String host, String queue) -> addQueue(before, host, queue, queuesEnded);
            case ExchangeDeclared(String host, var spec, var _) -> addDelay(after, host, spec.name(), delaysBegun);
            case ExchangeDeleted(String host, String exchange) -> addDelay(before, host, exchange, delaysEnded);
            case VirtualHostDeleted(String name) -> {
                var host = before.virtualHost(name);
                hostsEnded.add(name);
                queuesEnded.addAll(host.queues().values());
                delaysEnded.addAll(host.delays());
            }
            case UserDeleted(String name) -> usersEnded.add(name);
            case SettingsChange setting -> addPolicies(setting);
            default -> {
                // concerns who reads the topology only
            }
        }
    }

    private void addPolicies(SettingsChange change) {
        @Nullable String host = change.policiesOf();
        if (host != null) {
            newPolicies.add(host);
        }
    }

    private static void addQueue(Topology topology, String host, String name, List<QueueEntry> queues) {
        @Nullable QueueEntry queue = topology.virtualHost(host).queue(name);
        if (queue != null) {
            queues.add(queue);
        }
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
            boolean stays = after.hasVirtualHost(queue.virtualHost());
            lifecycle.created(
                    queue,
                    stays
                            ? after.virtualHost(queue.virtualHost()).argumentsOf(queue)
                            : queue.spec().arguments());
        }
        delaysBegun.forEach(lifecycle::created);
    }

    /// When nobody finds any more what is gone.
    void tellEnded(QueueLifecycle lifecycle) {
        newPolicies.forEach(lifecycle::policiesChanged);
        queuesEnded.forEach(lifecycle::removed);
        delaysEnded.forEach(lifecycle::removed);
        hostsEnded.forEach(lifecycle::virtualHostDeleted);
        usersEnded.forEach(lifecycle::userDeleted);
    }
}

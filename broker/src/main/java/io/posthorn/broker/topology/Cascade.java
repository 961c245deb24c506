package io.posthorn.broker.topology;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.topology.TopologyChange.Bound;
import io.posthorn.broker.topology.TopologyChange.CursorDeclared;
import io.posthorn.broker.topology.TopologyChange.CursorDeleted;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeclared;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeleted;
import io.posthorn.broker.topology.TopologyChange.LogIdsUsed;
import io.posthorn.broker.topology.TopologyChange.PartitionsAdded;
import io.posthorn.broker.topology.TopologyChange.QueueDeclared;
import io.posthorn.broker.topology.TopologyChange.QueueDeleted;
import io.posthorn.broker.topology.TopologyChange.QueuePaused;
import io.posthorn.broker.topology.TopologyChange.QueueResumed;
import io.posthorn.broker.topology.TopologyChange.TopicConfigured;
import io.posthorn.broker.topology.TopologyChange.TopicCreated;
import io.posthorn.broker.topology.TopologyChange.Unbound;
import io.posthorn.broker.topology.TopologyChange.VirtualHostDeleted;
import io.posthorn.broker.topology.TopologyChange.VirtualHostPut;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// One wish turned into everything that follows from it: an auto-delete exchange goes with the last binding from
/// it, and so on along the bindings. Which of it must be journaled is told apart here too.
final class Cascade {
    private final List<TopologyChange> journaled = new ArrayList<>();
    private final ArrayDeque<TopologyChange> pending = new ArrayDeque<>();
    private final Effects effects = new Effects();
    private Topology topology;

    Cascade(Topology topology) {
        this.topology = topology;
    }

    /// The topology after everything.
    Topology topology() {
        return topology;
    }

    /// What of it survives a restart, in order.
    List<TopologyChange> journaled() {
        return journaled;
    }

    /// Who has to hear of it.
    Effects effects() {
        return effects;
    }

    Cascade apply(TopologyChange wish) {
        pending.add(wish);
        while (!pending.isEmpty()) {
            applyOne(pending.remove());
        }
        return this;
    }

    private void applyOne(TopologyChange change) {
        var before = topology;
        var losers = losesBindings(before, change);
        var after = before.apply(change);
        if (after == before) {
            return;
        }
        if (survivesRestart(before, change)) {
            journaled.add(change);
        }
        topology = after;
        effects.add(before, change, after);
        for (Loser loser : losers) {
            var exchange = topology.virtualHost(loser.virtualHost).exchange(loser.exchange);
            if (exchange != null && exchange.spec().autoDelete() && exchange.isUnused()) {
                pending.add(new ExchangeDeleted(loser.virtualHost, loser.exchange));
            }
        }
    }

    private record Loser(String virtualHost, String exchange) {}

    private static Set<Loser> losesBindings(Topology topology, TopologyChange change) {
        return switch (change) {
            case Unbound(String host, var binding) -> Set.of(new Loser(host, binding.source()));
            case QueueDeleted(String host, String queue) -> sourcesOf(topology, host, Destination.QUEUE, queue);
            case ExchangeDeleted(String host, String exchange) ->
                sourcesOf(topology, host, Destination.EXCHANGE, exchange);
            case VirtualHostPut _,
                    VirtualHostDeleted _,
                    RightsChange _,
                    SettingsChange _,
                    ExchangeDeclared _,
                    QueueDeclared _,
                    TopicCreated _,
                    PartitionsAdded _,
                    TopicConfigured _,
                    CursorDeclared _,
                    CursorDeleted _,
                    QueuePaused _,
                    QueueResumed _,
                    Bound _,
                    LogIdsUsed _ -> Set.of();
        };
    }

    private static Set<Loser> sourcesOf(Topology topology, String host, Destination kind, String name) {
        var sources = new LinkedHashSet<Loser>();
        for (Binding binding : topology.virtualHost(host).bindingsTo(kind, name)) {
            sources.add(new Loser(host, binding.spec().source()));
        }
        return sources;
    }

    private static boolean survivesRestart(Topology before, TopologyChange change) {
        return switch (change) {
            case VirtualHostPut _,
                    VirtualHostDeleted _,
                    RightsChange _,
                    SettingsChange _,
                    TopicCreated _,
                    PartitionsAdded _,
                    TopicConfigured _,
                    CursorDeclared _,
                    CursorDeleted _,
                    LogIdsUsed _ -> true;
            case ExchangeDeclared declared -> declared.spec().durable();
            case ExchangeDeleted(String host, String exchange) ->
                survivesRestart(before.virtualHost(host), Destination.EXCHANGE, exchange);
            case QueueDeclared declared ->
                declared.spec().durable() && !declared.spec().exclusive();
            case QueueDeleted(String host, String queue) ->
                survivesRestart(before.virtualHost(host), Destination.QUEUE, queue);
            case QueuePaused(String host, String queue, String _) ->
                survivesRestart(before.virtualHost(host), Destination.QUEUE, queue);
            case QueueResumed(String host, String queue) ->
                survivesRestart(before.virtualHost(host), Destination.QUEUE, queue);
            case Bound(String host, var binding) -> survivesRestart(before.virtualHost(host), binding);
            case Unbound(String host, var binding) -> survivesRestart(before.virtualHost(host), binding);
        };
    }

    /// A binding is as durable as the less durable of its ends.
    static boolean survivesRestart(VirtualHost host, BindingSpec binding) {
        return survivesRestart(host, Destination.EXCHANGE, binding.source())
                && survivesRestart(host, binding.destination(), binding.destinationName());
    }

    private static boolean survivesRestart(VirtualHost host, Destination kind, String name) {
        return switch (kind) {
            case QUEUE -> {
                var queue = host.queue(name);
                yield queue != null && queue.survivesRestart();
            }
            case EXCHANGE -> {
                var exchange = host.exchange(name);
                yield exchange != null && exchange.spec().durable();
            }
        };
    }
}

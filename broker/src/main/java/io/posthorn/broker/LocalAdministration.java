package io.posthorn.broker;

import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Administration;
import io.posthorn.broker.admin.Rehearsed;
import io.posthorn.broker.security.AccessControl;
import io.posthorn.broker.topology.Rehearsal;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.TopologyManager;
import java.util.List;

/// Asks who may, and leaves the rest to the one who replaces the topology. Thread-safe.
final class LocalAdministration implements Administration {
    private final AccessControl access;
    private final TopologyManager manager;

    LocalAdministration(AccessControl access, TopologyManager manager) {
        this.access = access;
        this.manager = manager;
    }

    @Override
    public Topology current() {
        return manager.current();
    }

    @Override
    public void apply(Actor by, List<AdminChange> changes, Reply<Done> reply) {
        var wanted = List.copyOf(changes);
        try {
            wanted.forEach(change -> access.checkAdministration(by, change));
        } catch (BrokerException refused) {
            reply.failed(refused);
            return;
        }
        manager.decide(wanted, reply);
    }

    @Override
    public List<Rehearsed> rehearse(Actor by, List<AdminChange> changes) {
        return Rehearsal.play(manager.current(), change -> access.checkAdministration(by, change), changes);
    }
}

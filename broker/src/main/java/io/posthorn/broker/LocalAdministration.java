package io.posthorn.broker;

import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Administration;
import io.posthorn.broker.admin.Rehearsed;
import io.posthorn.broker.security.AccessControl;
import io.posthorn.broker.security.Seldom;
import io.posthorn.broker.topology.Rehearsal;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.TopologyManager;
import java.util.List;

/// Asks who may, leaves the rest to the one who replaces the topology, and writes down what came of it. Thread-safe.
final class LocalAdministration implements Administration {
    // A definitions file may hold tens of thousands; what is about people stands first in it.
    private static final int MOST_NOTED_ONE_BY_ONE = 1_000;

    private final AccessControl access;
    private final TopologyManager manager;
    private final AuditLog audit;
    private final Seldom refusals;

    LocalAdministration(AccessControl access, TopologyManager manager, AuditLog audit, Seldom refusals) {
        this.access = access;
        this.manager = manager;
        this.audit = audit;
        this.refusals = refusals;
    }

    @Override
    public Topology current() {
        return manager.current();
    }

    @Override
    public void apply(Actor by, List<AdminChange> changes, Reply<Done> reply) {
        var wanted = List.copyOf(changes);
        var noted = new Noted(by, wanted, reply);
        try {
            wanted.forEach(change -> access.checkAdministration(by, change));
        } catch (BrokerException refused) {
            noted.failed(refused);
            return;
        }
        manager.decide(wanted, noted);
    }

    private final class Noted implements Reply<Done> {
        private final Actor by;
        private final List<AdminChange> changes;
        private final Reply<Done> reply;

        Noted(Actor by, List<AdminChange> changes, Reply<Done> reply) {
            this.by = by;
            this.changes = changes;
            this.reply = reply;
        }

        @Override
        public void ok(Done done) {
            note(AuditLog.Entry.OK);
            reply.ok(done);
        }

        @Override
        public void failed(BrokerException cause) {
            note(String.valueOf(cause.getMessage()));
            reply.failed(cause);
        }

        private void note(String result) {
            changes.stream().limit(MOST_NOTED_ONE_BY_ONE).forEach(change -> note(AdminChangeText.of(change), result));
            if (changes.size() > MOST_NOTED_ONE_BY_ONE) {
                note("together with " + (changes.size() - MOST_NOTED_ONE_BY_ONE) + " more changes", result);
            }
        }

        private void note(String what, String result) {
            LocalAdministration.this.note(by, what, result);
        }
    }

    @Override
    public void note(Actor by, String what, String result) {
        audit.record(new AuditLog.Entry(by.principal().user(), by.from(), what, result));
    }

    @Override
    public void noteRefused(Actor by, String what, String why) {
        if (refusals.mayBeNoted()) {
            note(by, what, why);
        }
    }

    @Override
    public List<Rehearsed> rehearse(Actor by, List<AdminChange> changes) {
        return Rehearsal.play(manager.current(), change -> access.checkAdministration(by, change), changes);
    }
}

package io.posthorn.verification.simulation;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Principal;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.Reply;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.broker.topology.Topology;
import io.posthorn.log.StorageOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Imports definitions, deletes what they made, and looks after every start.
///
/// What was promised: an import that was answered is there whole, one that was refused has left nothing, and one that
/// was not answered is there whole or not at all; the same of what was deleted, and what a start has found stays so.
final class AdminWorkload implements Workload {
    private static final StorageOptions STORAGE =
            new StorageOptions(24 * 1024, 8 * 1024, 8, 16 * 1024, 4 * 1024, 8 * 1024, 0);
    private static final BrokerOptions OPTIONS = new BrokerOptions(1 << 28, 0.9, 64 * 1024, 32 * 1024, 1 << 20, 4711);
    private static final int ACTIONS_AFTER_A_FAILURE = 8;
    private static final int MOST_QUEUES = 8;

    /// So that a snapshot, which is written in one piece here, fits into half a segment.
    private static final int MOST_IMPORTS = 8;

    private static final Actor OPERATOR = new Actor(new Principal("guest", Set.of("administrator")), "the world");
    private static final PermissionPatterns PATTERNS = new PermissionPatterns("^a", "^b", "^c");

    private final Machine machine;
    private final Dice dice;
    private final TreeMap<Integer, Import> imports = new TreeMap<>();
    private @Nullable Life life;
    private int lastImport;

    AdminWorkload(Machine machine) {
        this.machine = machine;
        this.dice = machine.dice();
    }

    private enum State {
        ASKED,
        THERE,
        DELETING,
        GONE
    }

    /// What was asked for at once.
    private static final class Import {
        final int number;
        final int queues;
        State state = State.ASKED;

        Import(int number, int queues) {
            this.number = number;
            this.queues = queues;
        }

        String host() {
            return "host" + number;
        }

        String user() {
            return "user" + number;
        }
    }

    /// What is in the memory of one process.
    private static final class Life {
        final LocalBroker broker;
        final int failuresBefore;
        int actionsAfterFailure;

        Life(LocalBroker broker, int failuresBefore) {
            this.broker = broker;
            this.failuresBefore = failuresBefore;
        }
    }

    private Life life() {
        return Objects.requireNonNull(life);
    }

    @Override
    public void start() {
        TaskQueues.Queue loop = machine.tasks().queue();
        var threads = new BrokerThreads(
                List.of(new BrokerWorkload.Loop(loop)), machine.tasks().queue(), machine.clock());
        LocalBroker broker = LocalBroker.open(
                recovery -> machine.openStorage(
                        machine.tasks().queue(), machine.tasks().queue(), STORAGE, recovery),
                OPTIONS,
                threads,
                machine.clock());
        life = new Life(broker, machine.disk().failures());
        look();
    }

    @Override
    public void act() {
        Life now = life();
        if (machine.disk().failures() > now.failuresBefore) {
            now.actionsAfterFailure++;
        }
        var there = inState(State.THERE);
        int most = there.size()
                + inState(State.ASKED).size()
                + inState(State.DELETING).size();
        if (!there.isEmpty() && dice.chance(30)) {
            delete(dice.oneOf(there));
        } else if (most < MOST_IMPORTS) {
            make(dice.chance(20));
        }
    }

    private List<Import> inState(State state) {
        return imports.values().stream().filter(each -> each.state == state).toList();
    }

    private void make(boolean refused) {
        var made = new Import(++lastImport, dice.below(MOST_QUEUES));
        imports.put(made.number, made);
        var changes = changes(made);
        if (refused) {
            changes.add(new AdminChange.SetPermissions("nobody", made.host(), PATTERNS));
        }
        apply(made, changes, State.THERE);
    }

    private static List<AdminChange> changes(Import made) {
        String host = made.host();
        var changes = new ArrayList<AdminChange>(List.of(
                new AdminChange.PutVirtualHost(VirtualHostSpec.named(host)),
                new AdminChange.PutUser(new UserSpec(made.user(), null, Set.of("tag"))),
                new AdminChange.SetPermissions(made.user(), host, PATTERNS),
                new AdminChange.PutPolicy(new Policy(
                        Policy.Kind.USER,
                        host,
                        "policy",
                        "^q",
                        Policy.ApplyTo.QUEUES,
                        0,
                        new Arguments(Map.of("max-length", 10L)))),
                new AdminChange.PutParameter(new Parameter(host, "component", "name", "{}")),
                new AdminChange.DeclareExchange(
                        host, new ExchangeSpec("exchange", "topic", true, false, false, Arguments.NONE))));
        for (int i = 0; i < made.queues; i++) {
            String queue = "queue" + i;
            changes.add(new AdminChange.DeclareQueue(host, new QueueSpec(queue, true, false, false, Arguments.NONE)));
            changes.add(new AdminChange.Bind(
                    host, new BindingSpec("exchange", Destination.QUEUE, queue, "#", Arguments.NONE)));
        }
        return changes;
    }

    private void delete(Import gone) {
        gone.state = State.DELETING;
        apply(
                gone,
                List.of(new AdminChange.DeleteVirtualHost(gone.host()), new AdminChange.DeleteUser(gone.user())),
                State.GONE);
    }

    private void apply(Import about, List<AdminChange> changes, State then) {
        machine.trace().add("asked", about.host(), changes.size(), then == State.GONE ? 1 : 0);
        life().broker.administration().apply(OPERATOR, changes, new Reply<>() {
            @Override
            public void ok(Done value) {
                machine.trace().add("answered", about.host(), 0, 0);
                about.state = then;
            }

            @Override
            public void failed(BrokerException cause) {
                machine.trace().add("failed", about.host(), 0, 0);
                if (cause instanceof BrokerException.NotFound) {
                    about.state = State.GONE;
                }
            }
        });
    }

    private void look() {
        Topology topology = life().broker.administration().current();
        check(topology.user("guest") != null, "guest is not there");
        for (Import each : imports.values()) {
            int all = 5 + 2 * each.queues;
            int found = found(topology, each);
            String what =
                    "of import " + each.number + ", which is " + each.state + ", there are " + found + " of " + all;
            switch (each.state) {
                case THERE -> check(found == all, what);
                case GONE -> check(found == 0, what);
                case ASKED, DELETING -> {
                    check(found == 0 || found == all, what);
                    each.state = found == 0 ? State.GONE : State.THERE;
                }
            }
        }
    }

    private static int found(Topology topology, Import made) {
        int found = topology.user(made.user()) == null ? 0 : 1;
        found += PATTERNS.equals(topology.permissions(made.user(), made.host())) ? 1 : 0;
        found += topology.policies(made.host()).size();
        found += topology.parameters(made.host()).size();
        if (topology.hasVirtualHost(made.host())) {
            var host = topology.virtualHost(made.host());
            found += host.exchangeSpec("exchange") == null ? 0 : 1;
            found += host.queues().size();
            found += host.bindingSpecs().size();
        }
        return found;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new InvariantBroken(what);
        }
    }

    @Override
    public boolean hasFailed() {
        return life().actionsAfterFailure > ACTIONS_AFTER_A_FAILURE;
    }

    @Override
    public void stop() {
        Life stopping = life();
        machine.tasks().runAll();
        var stopped = stopping.broker.stop();
        machine.tasks().runAll();
        check(
                machine.disk().failures() > stopping.failuresBefore
                        || (stopped.isDone() && !stopped.isCompletedExceptionally()),
                "the broker was stopped in order, and it says " + stopped);
    }

    @Override
    public void died() {
        life = null;
    }

    @Override
    public void checkEverything() {
        look();
    }
}

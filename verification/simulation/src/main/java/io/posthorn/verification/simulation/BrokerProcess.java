package io.posthorn.verification.simulation;

import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Principal;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.log.StorageOptions;
import java.util.ArrayList;

/// One process with a broker, and one client of it.
final class BrokerProcess {
    private static final StorageOptions STORAGE =
            new StorageOptions(24 * 1024, 8 * 1024, 8, 16 * 1024, 4 * 1024, 8 * 1024, 0);
    private static final BrokerOptions OPTIONS = new BrokerOptions(1 << 28, 0.9, 64 * 1024, 32 * 1024, 1 << 20, 4711);
    private static final int ACTIONS_AFTER_A_FAILURE = 8;

    private final Machine machine;
    private final LocalBroker broker;
    private final TaskQueues.Queue loop;
    private final BrokerSession session;
    private final int failuresBefore;
    private int actionsAfterFailure;

    private BrokerProcess(Machine machine, LocalBroker broker, TaskQueues.Queue loop, SessionListener listener) {
        this.machine = machine;
        this.broker = broker;
        this.loop = loop;
        this.failuresBefore = machine.disk().failures();
        var spec = new SessionSpec("client", new Principal("guest"), "/", new BrokerWorkload.Loop(loop));
        this.session = machine.wiring().session(broker.open(spec, listener));
    }

    static BrokerProcess start(Machine machine, SessionListener listener) {
        var loops = new ArrayList<TaskQueues.Queue>();
        for (int i = machine.dice().between(1, 2); i > 0; i--) {
            loops.add(machine.tasks().queue());
        }
        TaskQueues.Queue blocking = machine.tasks().queue();
        var threads = new BrokerThreads(
                loops.stream()
                        .<SessionSpec.IoExecutor>map(BrokerWorkload.Loop::new)
                        .toList(),
                blocking,
                machine.clock());
        LocalBroker broker = LocalBroker.open(
                recovery -> machine.openStorage(
                        machine.tasks().queue(),
                        machine.tasks().queue(),
                        STORAGE,
                        machine.wiring().recovery(recovery)),
                OPTIONS,
                threads,
                machine.clock());
        return new BrokerProcess(machine, broker, loops.getFirst(), listener);
    }

    BrokerSession session() {
        return session;
    }

    /// Does this on the client's thread.
    void run(Runnable task) {
        loop.runAsTask(task);
    }

    /// Something is about to be done.
    void acts() {
        if (machine.disk().failures() > failuresBefore) {
            actionsAfterFailure++;
        }
    }

    boolean hasFailed() {
        return actionsAfterFailure > ACTIONS_AFTER_A_FAILURE;
    }

    /// Stops it in order.
    void stop() {
        run(session::close);
        machine.tasks().runAll();
        var stopped = broker.stop();
        machine.tasks().runAll();
        if (machine.disk().failures() == failuresBefore && (!stopped.isDone() || stopped.isCompletedExceptionally())) {
            throw new InvariantBroken("the broker was stopped in order, and it says " + stopped);
        }
    }
}

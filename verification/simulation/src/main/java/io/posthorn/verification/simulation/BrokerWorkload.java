package io.posthorn.verification.simulation;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.Done;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.SessionSpec;
import io.posthorn.log.StorageOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Uses a broker as connections do: declares, binds and deletes queues, publishes with confirms, consumes, settles
/// each way, takes single messages, goes away without a word; meanwhile time passes, and messages expire.
final class BrokerWorkload implements Workload {
    private static final String FANOUT = "amq.fanout";

    private static final StorageOptions STORAGE =
            new StorageOptions(24 * 1024, 8 * 1024, 8, 16 * 1024, 4 * 1024, 8 * 1024, 0);
    private static final BrokerOptions OPTIONS = new BrokerOptions(1 << 28, 0.9, 64 * 1024, 32 * 1024, 1 << 20, 4711);
    private static final int MOST_QUEUES = 4;
    private static final int MOST_CLIENTS = 3;
    private static final int ACTIONS_AFTER_A_FAILURE = 8;

    /// In milliseconds, as those below.
    private static final int LONGEST_DOWN = 200;

    private static final int LONGEST_OWN_TIME_TO_LIVE = 1_000;

    private final Machine machine;
    private final Dice dice;
    private final List<Invariant<BrokerEvent>> invariants = BrokerInvariants.all();
    private final TreeMap<String, Known> queues = new TreeMap<>();
    private @Nullable Life life;
    private @Nullable InvariantBroken broken;
    private boolean stoppedCleanly = true;
    private long time;
    private int lastQueue;
    private int lastClient;
    private long lastMessage;

    BrokerWorkload(Machine machine) {
        this.machine = machine;
        this.dice = machine.dice();
    }

    /// What is known of a queue.
    private static final class Known {
        State state = State.DECLARING;
        State binding = State.GONE;
    }

    /// Of a queue or a binding: what was asked for and what was answered.
    private enum State {
        DECLARING,
        THERE,
        DELETING,
        GONE
    }

    /// What is in the memory of one process.
    private static final class Life {
        final LocalBroker broker;
        final List<TaskQueues.Queue> loops;
        final List<SimulatedClient> clients = new ArrayList<>();
        final int failuresBefore;
        int actionsAfterFailure;

        Life(LocalBroker broker, List<TaskQueues.Queue> loops, int failuresBefore) {
            this.broker = broker;
            this.loops = loops;
            this.failuresBefore = failuresBefore;
        }
    }

    private Life life() {
        return Objects.requireNonNull(life);
    }

    void observe(BrokerEvent event) {
        machine.trace().add(event);
        try {
            if (time != machine.clock().millis()) {
                time = machine.clock().millis();
                tell(new BrokerEvent.TimePassed(time));
            }
            tell(event);
        } catch (InvariantBroken found) {
            broken(found);
        }
    }

    private void tell(BrokerEvent event) {
        for (Invariant<BrokerEvent> invariant : invariants) {
            invariant.observe(event);
        }
    }

    /// Found in a callback, where the broker would take an exception for the client's own trouble.
    void broken(InvariantBroken found) {
        if (broken == null) {
            broken = found;
        }
    }

    private void checkUnbroken() {
        if (broken != null) {
            throw broken;
        }
    }

    @Override
    public void start() {
        machine.clock().pass(dice.below(LONGEST_DOWN));
        var loops = new ArrayList<TaskQueues.Queue>();
        for (int i = dice.between(1, 2); i > 0; i--) {
            loops.add(machine.tasks().queue());
        }
        // With one loop, shards and clients are on the same thread, and nothing is ever on its way between them.
        observe(new BrokerEvent.Restarted(stoppedCleanly, loops.size() == 1));
        stoppedCleanly = false;
        var threads = new BrokerThreads(
                loops.stream().<SessionSpec.IoExecutor>map(Loop::new).toList(),
                machine.tasks().queue(),
                machine.clock());
        LocalBroker broker = LocalBroker.open(
                recovery -> machine.openStorage(
                        machine.tasks().queue(), machine.tasks().queue(), STORAGE, recovery),
                OPTIONS,
                threads,
                machine.clock());
        life = new Life(broker, loops, machine.disk().failures());
    }

    /// One loop as the broker knows it.
    record Loop(TaskQueues.Queue queue) implements SessionSpec.IoExecutor {
        @Override
        public void execute(Runnable task) {
            queue.execute(task);
        }

        @Override
        public boolean isCurrentThread() {
            return queue.isCurrent();
        }
    }

    @Override
    public void act() {
        checkUnbroken();
        Life now = life();
        if (machine.disk().failures() > now.failuresBefore) {
            now.actionsAfterFailure++;
        }
        if (now.clients.isEmpty() || (now.clients.size() < MOST_CLIENTS && dice.chance(10))) {
            connect();
            return;
        }
        SimulatedClient client = dice.oneOf(now.clients);
        client.loop().runAsTask(() -> act(client));
    }

    private SimulatedClient connect() {
        TaskQueues.Queue loop = dice.oneOf(life().loops);
        var client = new SimulatedClient(++lastClient, life().broker, loop, this, machine);
        life().clients.add(client);
        return client;
    }

    private void act(SimulatedClient client) {
        int what = dice.below(100);
        if (what < 10) {
            declare(client);
        } else if (what < 14) {
            bind(client);
        } else if (what < 16) {
            delete(client);
        } else if (what < 22) {
            someQueue().ifPresent(queue -> transact(client, queue));
        } else if (what < 50) {
            publish(client);
        } else if (what < 58) {
            someQueue().ifPresent(queue -> client.consume(queue, dice.below(4)));
        } else if (what < 80) {
            client.settleSome();
        } else if (what < 85) {
            someQueue().ifPresent(client::take);
        } else if (what < 92) {
            client.cancelOrResume();
        } else if (what < 95) {
            lookFor(client);
        } else {
            client.leave();
            life().clients.remove(client);
        }
    }

    private java.util.Optional<String> someQueue() {
        var there = queues.entrySet().stream()
                .filter(each -> each.getValue().state == State.THERE)
                .map(java.util.Map.Entry::getKey)
                .toList();
        return there.isEmpty() ? java.util.Optional.empty() : java.util.Optional.of(dice.oneOf(there));
    }

    private void declare(SimulatedClient client) {
        var there = someQueue();
        long count = queues.values().stream()
                .filter(each -> each.state == State.THERE)
                .count();
        String name = newOrKnown(there, count);
        Known known = queues.computeIfAbsent(name, _ -> new Known());
        client.session().declareQueue(QueueKind.of(name).spec(), client.reply(QueueStatus.class, ok -> {
            if (known.state == State.DECLARING) {
                known.state = State.THERE;
                observe(new BrokerEvent.Declared(name));
            }
        }));
    }

    private String newOrKnown(java.util.Optional<String> there, long count) {
        if (there.isPresent() && (count >= MOST_QUEUES || dice.chance(20))) {
            return there.get();
        }
        return !hasGrave() && dice.chance(30) ? QueueKind.GRAVE : "q" + (lastQueue += dice.between(1, 7));
    }

    private boolean hasGrave() {
        Known grave = queues.get(QueueKind.GRAVE);
        return grave != null && grave.state == State.THERE;
    }

    /// A client refuses a message.
    void refused(String queue, long message) {
        if (QueueKind.of(queue).givesAway()) {
            observe(new BrokerEvent.MayHaveReached(QueueKind.GRAVE, message));
            if (hasGrave()) {
                observe(new BrokerEvent.Refused(queue, message));
            }
        }
    }

    private void bind(SimulatedClient client) {
        someQueue().ifPresent(name -> {
            Known known = Objects.requireNonNull(queues.get(name));
            if (known.binding == State.GONE) {
                known.binding = State.DECLARING;
            }
            var binding = new BindingSpec(FANOUT, BindingSpec.Destination.QUEUE, name, "", Arguments.NONE);
            client.session().bind(binding, client.reply(Done.class, ok -> known.binding = State.THERE));
        });
    }

    private void delete(SimulatedClient client) {
        someQueue().filter(name -> !name.equals(QueueKind.GRAVE)).ifPresent(name -> {
            Known known = Objects.requireNonNull(queues.get(name));
            known.state = State.DELETING;
            observe(new BrokerEvent.DeleteAsked(name));
            client.session().deleteQueue(name, false, false, client.reply(Long.class, ok -> {
                known.state = State.GONE;
                observe(new BrokerEvent.Deleted(name));
            }));
        });
    }

    private void lookFor(SimulatedClient client) {
        if (!queues.isEmpty()) {
            lookFor(client, dice.oneOf(List.copyOf(queues.keySet())));
        }
    }

    private void lookFor(SimulatedClient client, String queue) {
        State state = Objects.requireNonNull(queues.get(queue)).state;
        client.lookFor(queue, state == State.THERE, state == State.GONE);
    }

    private void publish(SimulatedClient client) {
        for (int i = dice.between(1, 4); i > 0; i--) {
            if (dice.chance(75)) {
                someQueue().ifPresent(name -> publishTo(client, name));
            } else {
                fanOut(client);
            }
        }
        client.session().flush();
    }

    private void publishTo(SimulatedClient client, String queue) {
        BrokerEvent.Published published = someMessage(client, List.of(queue));
        observe(published);
        mayDie(published, queue);
        client.publish("", queue, published);
    }

    private BrokerEvent.Published someMessage(SimulatedClient client, List<String> queues) {
        boolean persistent = dice.chance(85);
        long expiresAt =
                dice.chance(20) ? machine.clock().millis() + dice.between(1, LONGEST_OWN_TIME_TO_LIVE) : Message.NEVER;
        return new BrokerEvent.Published(
                client.number(),
                ++lastMessage,
                persistent,
                dice.between(0, QueueKind.HIGHEST_PRIORITY),
                expiresAt,
                queues);
    }

    /// A message that dies in this queue may come to the grave.
    private void mayDie(BrokerEvent.Published published, String queue) {
        if (QueueKind.of(queue).givesAway()) {
            observe(new BrokerEvent.MayHaveReached(QueueKind.GRAVE, published.message()));
        }
    }

    /// Some messages to one queue, which come together or not at all.
    private void transact(SimulatedClient client, String queue) {
        if (client.isCommitting()) {
            return;
        }
        var together = new ArrayList<BrokerEvent.Published>();
        boolean takesBack = dice.chance(20);
        for (int i = dice.between(2, 4); i > 0; i--) {
            var published = new BrokerEvent.Published(
                    client.number(),
                    ++lastMessage,
                    true,
                    dice.between(0, QueueKind.HIGHEST_PRIORITY),
                    Message.NEVER,
                    List.of(queue));
            together.add(published);
            if (!takesBack) {
                observe(published);
                mayDie(published, queue);
            }
        }
        if (!takesBack && QueueKind.of(queue).keepsEverything()) {
            observe(new BrokerEvent.Together(
                    together.stream().map(BrokerEvent.Published::message).toList()));
        }
        client.transact(queue, together, takesBack);
    }

    private void fanOut(SimulatedClient client) {
        var certain = new ArrayList<String>();
        var possible = new TreeSet<String>();
        queues.forEach((name, known) -> {
            if (known.binding == State.THERE && known.state == State.THERE) {
                certain.add(name);
            } else if (known.binding != State.GONE && known.state != State.GONE) {
                possible.add(name);
            }
        });
        BrokerEvent.Published published = someMessage(client, certain);
        observe(published);
        certain.forEach(name -> mayDie(published, name));
        possible.forEach(name -> {
            observe(new BrokerEvent.MayHaveReached(name, published.message()));
            mayDie(published, name);
        });
        int reached = client.publish(FANOUT, "", published);
        if (reached >= 0) {
            observe(new BrokerEvent.FannedOut(reached, certain.size(), certain.size() + possible.size()));
        }
    }

    @Override
    public boolean hasFailed() {
        return life().actionsAfterFailure > ACTIONS_AFTER_A_FAILURE;
    }

    @Override
    public void stop() {
        Life stopping = life();
        for (SimulatedClient client : stopping.clients) {
            client.loop().runAsTask(client::leave);
        }
        // The server stops the broker when its connections have ended.
        machine.tasks().runAll();
        var stopped = stopping.broker.stop();
        machine.tasks().runAll();
        if (machine.disk().failures() == stopping.failuresBefore) {
            if (!stopped.isDone() || stopped.isCompletedExceptionally()) {
                throw new InvariantBroken("the broker was stopped in order, and it says " + stopped);
            }
            stoppedCleanly = true;
        }
    }

    @Override
    public void died() {
        life = null;
    }

    @Override
    public void checkEverything() {
        SimulatedClient client = connect();
        client.loop().runAsTask(() -> queues.keySet().forEach(name -> lookFor(client, name)));
        machine.tasks().runAll();
        client.loop().runAsTask(() -> fanOut(client));
        client.loop().runAsTask(client.session()::flush);
        machine.tasks().runAll();
        // What lives or waits for a time only, or comes back too often, has gone where it goes before anything is
        // counted.
        client.loop().runAsTask(() -> returnEverything(client));
        for (int i = 0; i < 3; i++) {
            machine.clock().pass(QueueKind.LONG_ENOUGH);
            machine.tasks().runAll();
        }
        client.loop().runAsTask(client::returnNoMore);
        machine.tasks().runAll();
        queues.forEach((name, known) -> {
            if (known.state == State.THERE) {
                drain(client, name);
            }
        });
        observe(new BrokerEvent.Unanswered(client.publishesWithoutReceipt(), client.commandsWithoutAnswer()));
        checkUnbroken();
    }

    private void returnEverything(SimulatedClient client) {
        queues.forEach((name, known) -> {
            if (known.state == State.THERE && QueueKind.of(name).limitsReturns()) {
                client.returnWhatComes(name);
            }
        });
    }

    private void drain(SimulatedClient client, String queue) {
        var ready = new ArrayList<Long>();
        client.loop()
                .runAsTask(() -> client.session()
                        .queueStatus(queue, client.reply(QueueStatus.class, status -> ready.add(status.ready()))));
        machine.tasks().runAll();
        var taken = new ArrayList<BrokerEvent.Taken>();
        client.loop().runAsTask(() -> client.drain(queue, taken));
        machine.tasks().runAll();
        observe(new BrokerEvent.Drained(queue, ready.isEmpty() ? -1 : ready.getFirst(), taken));
    }

    /// Settles as a client may.
    static Outcome someOutcome(Dice dice) {
        int what = dice.below(10);
        return what < 6 ? Outcome.ACCEPTED : what < 9 ? Outcome.RELEASED : Outcome.REJECTED;
    }
}

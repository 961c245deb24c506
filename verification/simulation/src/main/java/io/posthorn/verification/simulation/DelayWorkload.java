package io.posthorn.verification.simulation;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.DelayedMessage;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Principal;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.SessionSpec;
import io.posthorn.log.StorageOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Publishes messages that wait at an exchange, lists and cancels them, takes what comes, and lets time pass.
///
/// What was promised: nothing comes before its time, everything that was confirmed comes, unless it was cancelled,
/// and then it never does; and only a restart makes anything come twice.
final class DelayWorkload implements Workload {
    static final String NAME = "delayed";
    /// What may be due at once goes into one batch, and that into half a segment, as it does where segments have their
    /// real size.
    private static final StorageOptions STORAGE =
            new StorageOptions(64 * 1024, 8 * 1024, 8, 16 * 1024, 4 * 1024, 8 * 1024, 0);
    private static final BrokerOptions OPTIONS = new BrokerOptions(1 << 28, 0.9, 64 * 1024, 32 * 1024, 1 << 20, 4711);
    private static final int ACTIONS_AFTER_A_FAILURE = 8;
    private static final int LONGEST_DELAY = 40_000_000;

    private final Machine machine;
    private final Dice dice;
    private final Map<Long, Long> dueAt = new HashMap<>();
    private final Set<Long> confirmed = new HashSet<>();
    private final Set<Long> maybeCancelled = new HashSet<>();
    private final Set<Long> cancelled = new HashSet<>();
    private final Set<Long> came = new HashSet<>();
    private final Set<Long> cameInThisLife = new HashSet<>();
    private @Nullable Life life;
    private @Nullable InvariantBroken broken;
    private long lastMessage;
    private long begunAt;

    DelayWorkload(Machine machine) {
        this.machine = machine;
        this.dice = machine.dice();
    }

    /// What is in the memory of one process.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Life(LocalBroker broker, DelayClient client, int failuresBefore, int[] actionsAfterFailure) {}

    private Life life() {
        return Objects.requireNonNull(life);
    }

    // ---- What happens

    void confirmed(long message) {
        machine.trace().add("confirmed", "", message, 0);
        confirmed.add(message);
    }

    void came(long message, boolean redelivered) {
        long now = machine.clock().millis();
        machine.trace().add("came", "", message, now);
        Long due = dueAt.get(message);
        check(due != null, "message " + message + " was never published");
        check(due == null || due <= now, "message " + message + " is due at " + due + ", and came at " + now);
        check(!cancelled.contains(message), "message " + message + " was cancelled, and came");
        boolean again = !cameInThisLife.add(message) && !redelivered;
        // What was due before the process began may have been on its way, and be on its way once more.
        check(!again || due == null || due <= begunAt, "message " + message + " came twice");
        came.add(message);
    }

    private void cancelled(long message, boolean done) {
        machine.trace().add("cancelled", "", message, done ? 1 : 0);
        if (!done) {
            return;
        }
        if (Objects.requireNonNull(dueAt.get(message)) > begunAt) {
            check(!came.contains(message), "message " + message + " had come, and was cancelled");
            cancelled.add(message);
        }
    }

    /// Found in a callback, where the broker would take an exception for the client's own trouble.
    private void check(boolean holds, String what) {
        if (!holds && broken == null) {
            broken = new InvariantBroken(what);
        }
    }

    private void checkUnbroken() {
        if (broken != null) {
            throw broken;
        }
    }

    // ---- What is done

    @Override
    public void start() {
        cameInThisLife.clear();
        begunAt = machine.clock().millis();
        TaskQueues.Queue loop = machine.tasks().queue();
        var threads = new BrokerThreads(
                List.of(new BrokerWorkload.Loop(loop)), machine.tasks().queue(), machine.clock());
        LocalBroker broker = LocalBroker.open(
                recovery -> machine.openStorage(
                        machine.tasks().queue(), machine.tasks().queue(), STORAGE, recovery),
                OPTIONS,
                threads,
                machine.wiring().time(machine.clock()));
        var spec = new SessionSpec("client", new Principal("guest"), "/", new BrokerWorkload.Loop(loop));
        var client = new DelayClient(this, loop);
        loop.runAsTask(() -> {
            client.open(broker, spec);
            declare(client);
        });
        life = new Life(broker, client, machine.disk().failures(), new int[1]);
    }

    private static void declare(DelayClient client) {
        var arguments = new Arguments(Map.of("x-delayed-type", "direct"));
        client.session()
                .declareExchange(
                        new ExchangeSpec(NAME, "x-delayed-message", true, false, false, arguments),
                        client.reply(Done.class, _ -> {}));
        client.session()
                .declareQueue(
                        new QueueSpec(NAME, true, false, false, Arguments.NONE),
                        client.reply(QueueStatus.class, _ -> {}));
        var binding = new BindingSpec(NAME, BindingSpec.Destination.QUEUE, NAME, NAME, Arguments.NONE);
        client.session().bind(binding, client.reply(Done.class, _ -> client.ready()));
    }

    @Override
    public void act() {
        checkUnbroken();
        Life now = life();
        if (machine.disk().failures() > now.failuresBefore) {
            now.actionsAfterFailure[0]++;
        }
        if (!now.client.isReady()) {
            var _ = machine.tasks().runOne();
            return;
        }
        int what = dice.below(100);
        if (what < 10) {
            machine.clock().pass(dice.below(dice.chance(20) ? LONGEST_DELAY : 100_000));
        } else {
            now.client.loop().runAsTask(() -> act(now.client, what));
        }
    }

    private void act(DelayClient client, int what) {
        if (what < 60) {
            publish(client);
        } else if (what < 75) {
            client.consume();
        } else {
            client.session()
                    .delayedMessages(
                            NAME, null, dice.between(1, 20), client.<List<DelayedMessage>>reply(List.class, found -> {
                                if (!found.isEmpty()) {
                                    cancel(client, dice.oneOf(found));
                                }
                            }));
        }
    }

    private void publish(DelayClient client) {
        for (int i = dice.between(1, 6); i > 0; i--) {
            int longest = dice.oneOf(List.of(10, 1_000, 60_000, 2_000_000, LONGEST_DELAY));
            long delay = dice.between(1, longest);
            long message = ++lastMessage;
            dueAt.put(message, machine.clock().millis() + delay);
            machine.trace().add("published", "", message, delay);
            client.publish(message, delay);
        }
        client.session().flush();
    }

    /// The list says of each message when it is due, and no two of these are due at the same time and of a size.
    private void cancel(DelayClient client, DelayedMessage listed) {
        List<Long> candidates = new ArrayList<>();
        dueAt.forEach((message, due) -> {
            if (due == listed.dueAt() && DelayClient.size(message) == listed.size()) {
                candidates.add(message);
            }
        });
        check(!candidates.isEmpty(), "there is no such message: " + listed);
        if (candidates.size() == 1) {
            long message = candidates.getFirst();
            maybeCancelled.add(message);
            client.session()
                    .cancelDelayed(NAME, listed.id(), client.reply(Boolean.class, done -> cancelled(message, done)));
        }
    }

    @Override
    public boolean hasFailed() {
        return life().actionsAfterFailure[0] > ACTIONS_AFTER_A_FAILURE;
    }

    @Override
    public void stop() {
        Life stopping = life();
        stopping.client.loop().runAsTask(stopping.client::leave);
        machine.tasks().runAll();
        var stopped = stopping.broker.stop();
        machine.tasks().runAll();
        if (machine.disk().failures() == stopping.failuresBefore) {
            if (!stopped.isDone() || stopped.isCompletedExceptionally()) {
                throw new InvariantBroken("the broker was stopped in order, and it says " + stopped);
            }
        }
    }

    @Override
    public void died() {
        life = null;
    }

    @Override
    public void checkEverything() {
        DelayClient client = life().client;
        client.loop().runAsTask(client::consume);
        for (int i = 0; i < 20; i++) {
            machine.tasks().runAll();
            machine.clock().pass(LONGEST_DELAY / 4);
        }
        machine.tasks().runAll();
        checkUnbroken();
        var missing = new HashSet<>(confirmed);
        missing.removeAll(came);
        missing.removeAll(maybeCancelled);
        if (!missing.isEmpty()) {
            throw new InvariantBroken("confirmed and never came: " + missing);
        }
        var left = new ArrayList<Object>();
        client.loop()
                .runAsTask(() -> client.session()
                        .delayedMessages(NAME, null, 10, client.<List<DelayedMessage>>reply(List.class, left::add)));
        machine.tasks().runAll();
        if (!left.equals(List.of(List.of()))) {
            throw new InvariantBroken("everything has come, and yet there wait " + left);
        }
    }
}

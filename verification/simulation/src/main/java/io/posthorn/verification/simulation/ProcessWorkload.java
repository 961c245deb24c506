package io.posthorn.verification.simulation;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A workload over one broker, in one process after the other, with one client that declares what it needs before it
/// does anything else. Knows the process that runs, and the first promise that an answer has broken.
abstract class ProcessWorkload implements Workload, SessionListener {
    final Machine machine;
    final Dice dice;
    private final int needed;
    private @Nullable BrokerProcess current;
    private @Nullable InvariantBroken broken;
    private int there;

    /// @param needed how many queues and topics [#declare] asks for
    ProcessWorkload(Machine machine, int needed) {
        this.machine = machine;
        this.dice = machine.dice();
        this.needed = needed;
    }

    final BrokerProcess process() {
        return Objects.requireNonNull(current);
    }

    final BrokerSession session() {
        return process().session();
    }

    final Topic topic(String name) {
        return Objects.requireNonNull(session().topics().catalogue().named(name));
    }

    // ---- A process begins

    @Override
    public void start() {
        there = 0;
        current = BrokerProcess.start(machine, this);
        begun();
        process().run(this::declare);
    }

    /// The memory of the new process is empty.
    abstract void begun();

    /// Asks for what the workload needs.
    abstract void declare();

    final void declareQueue(String name, Arguments arguments) {
        session().declareQueue(new QueueSpec(name, true, false, false, arguments), isThere());
    }

    final void declareTopic(String name, int partitions) {
        if (session().topics().catalogue().named(name) != null) {
            there++;
        } else {
            session().topics().create(new TopicSpec(name, partitions, Map.of()), isThere());
        }
    }

    private <T> Reply<T> isThere() {
        BrokerProcess asked = process();
        return reply(_ -> there += asked == current ? 1 : 0);
    }

    static <T> Reply<T> reply(Consumer<? super T> then) {
        return new Reply<>() {
            @Override
            public void ok(T value) {
                then.accept(value);
            }

            @Override
            public void failed(BrokerException cause) {
                // It may have been done or not.
            }
        };
    }

    // ---- What the client does

    @Override
    public final void act() {
        checkUnbroken();
        process().acts();
        if (there < needed) {
            var _ = machine.tasks().runOne();
        } else {
            actOnce();
        }
    }

    /// One thing that the client does when everything is there that it needs.
    abstract void actOnce();

    /// Found in a callback, where the broker would take an exception for the client's own trouble.
    final void guarded(Runnable check) {
        try {
            check.run();
        } catch (InvariantBroken found) {
            if (broken == null) {
                broken = found;
            }
        }
    }

    final void checkUnbroken() {
        if (broken != null) {
            throw broken;
        }
    }

    // ---- The end of a process

    @Override
    public final boolean hasFailed() {
        return process().hasFailed();
    }

    @Override
    public final void stop() {
        process().stop();
    }

    @Override
    public final void died() {
        current = null;
    }

    // ---- As a listener: what the broker does by itself shows in its answers

    @Override
    public final void alarms(Set<Alarm> on) {}

    @Override
    public final void acceptsPublishes(boolean open) {}

    @Override
    public final void ended(BrokerException cause) {}
}

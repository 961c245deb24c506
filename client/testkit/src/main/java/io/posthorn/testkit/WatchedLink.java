package io.posthorn.testkit;

import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.Position;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Retention;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import io.posthorn.events.spi.Incoming.Settlement;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A link whose traffic is counted, and goes wrong where a test wants it to. Thread-safe.
final class WatchedLink implements Link {
    private final Link link;
    private final Activity activity;
    private final Faults faults;
    private final Later later;
    private final @Nullable Later virtual;
    private final Map<String, AtomicInteger> unsettled = new ConcurrentHashMap<>();
    private final AtomicLong begun = new AtomicLong();
    private volatile boolean isDead;
    private volatile boolean isClosed;

    /// Calls back by the broker's time.
    @FunctionalInterface
    interface Later {
        void after(Duration wait, Runnable task);
    }

    /// @param later null for the link's own time
    WatchedLink(Link link, Activity activity, Faults faults, @Nullable Later later) {
        this.link = link;
        this.virtual = later;
        this.later = later == null ? link::after : later;
        this.activity = activity;
        this.faults = faults;
    }

    /// Its broker has crashed: what comes from there does not arrive any more, and everything fails.
    void die() {
        isDead = true;
    }

    /// Deliveries in anybody's hands.
    int unsettled(String queue) {
        return isClosed ? 0 : unsettledOf(queue).get();
    }

    /// How often anything was published, delivered or settled here.
    long begun() {
        return begun.get();
    }

    /// Queues that something is taken out of.
    Set<String> queues() {
        return unsettled.keySet();
    }

    private AtomicInteger unsettledOf(String queue) {
        return unsettled.computeIfAbsent(queue, _ -> new AtomicInteger());
    }

    private Link alive() {
        if (isDead) {
            throw crashed();
        }
        return link;
    }

    private EventsException crashed() {
        return new EventsException.Unreachable(link.server() + " has crashed; open the test broker again", null);
    }

    @Override
    public CompletionStage<Void> publish(List<Outgoing> messages) {
        Link alive = alive();
        if (faults.failsPublish()) {
            return CompletableFuture.failedFuture(
                    new EventsException.Unreachable(link.server() + " is away, because the test wants it so", null));
        }
        if (faults.refusesPublish()) {
            return CompletableFuture.failedFuture(
                    new EventsException.Refused(link.server() + " refuses, because the test wants it so", null));
        }
        boolean isLost = faults.losesAnswer();
        begun.incrementAndGet();
        activity.begins();
        return alive.publish(messages).whenComplete((_, _) -> activity.ends()).thenRun(() -> {
            if (isDead) {
                throw crashed();
            }
            if (isLost) {
                throw new EventsException.Unreachable(
                        "the answer of " + link.server() + " got lost, because the test wants it so", null);
            }
        });
    }

    @Override
    public Optional<Incoming> get(String queue) {
        return alive().get(queue).map(incoming -> new Held(incoming).watched());
    }

    @Override
    public Intake consume(String queue, int prefetch, Consumer<Incoming> sink) {
        return consume(queue, sink, watched -> alive().consume(queue, prefetch, watched));
    }

    @Override
    public Intake consume(String stream, Position from, int prefetch, Consumer<Incoming> sink) {
        return consume(stream, sink, watched -> alive().consume(stream, from, prefetch, watched));
    }

    private Intake consume(String queue, Consumer<Incoming> sink, Function<Consumer<Incoming>, Intake> begin) {
        var _ = unsettledOf(queue);
        Set<Held> working = ConcurrentHashMap.newKeySet();
        Intake intake = begin.apply(incoming -> {
            if (!isDead) {
                sink.accept(new Held(incoming).isWorkedOn(working).watched());
            }
        });
        return () -> {
            if (!isDead) {
                intake.stop();
            }
            // What is not settled by now is held by whoever took it out, for as long as they like.
            working.forEach(Held::isNotWorkedOn);
        };
    }

    /// A delivery that is not settled.
    private final class Held implements Settlement {
        private final Incoming incoming;
        private final AtomicBoolean settled = new AtomicBoolean();
        private final AtomicBoolean counts = new AtomicBoolean();
        private Set<Held> working = Set.of();

        Held(Incoming incoming) {
            this.incoming = incoming;
            begun.incrementAndGet();
            unsettledOf(incoming.queue()).incrementAndGet();
        }

        Held isWorkedOn(Set<Held> with) {
            working = with;
            working.add(this);
            counts.set(true);
            activity.begins();
            return this;
        }

        Incoming watched() {
            return incoming.settledBy(this);
        }

        @Override
        public void settle(Outcome outcome) {
            if (!settled.compareAndSet(false, true)) {
                return;
            }
            begun.incrementAndGet();
            if (!isDead) {
                incoming.settlement().settle(outcome == Outcome.ACK && faults.losesAck() ? Outcome.REQUEUE : outcome);
            }
            unsettledOf(incoming.queue()).decrementAndGet();
            isNotWorkedOn();
        }

        @Override
        public void rests() {
            if (counts.compareAndSet(true, false)) {
                activity.ends();
            }
        }

        @Override
        public void goesOn() {
            if (!settled.get() && counts.compareAndSet(false, true)) {
                activity.begins();
            }
        }

        void isNotWorkedOn() {
            if (counts.compareAndSet(true, false)) {
                working.remove(this);
                activity.ends();
            }
        }
    }

    @Override
    public String server() {
        return link.server();
    }

    @Override
    public Set<Capability> capabilities() {
        return link.capabilities();
    }

    @Override
    public boolean can(Capability capability) {
        return link.can(capability);
    }

    @Override
    public InstantSource clock() {
        return link.clock();
    }

    @Override
    public void declareQueue(String name, QueueOptions options) {
        alive().declareQueue(name, options);
    }

    @Override
    public void declareTemporaryQueue(String name) {
        alive().declareTemporaryQueue(name);
    }

    @Override
    public void declareStream(String name, Retention retention) {
        alive().declareStream(name, retention);
    }

    @Override
    public void deleteQueue(String name) {
        alive().deleteQueue(name);
    }

    @Override
    public void declareTopicExchange(String name) {
        alive().declareTopicExchange(name);
    }

    @Override
    public void bind(String queue, String exchange, String pattern) {
        alive().bind(queue, exchange, pattern);
    }

    @Override
    public void unbind(String queue, String exchange, String pattern) {
        alive().unbind(queue, exchange, pattern);
    }

    @Override
    public void flush() {
        if (!isDead) {
            link.flush();
        }
    }

    @Override
    public long length(String queue) {
        return alive().length(queue);
    }

    @Override
    public long purge(String queue) {
        return alive().purge(queue);
    }

    @Override
    public List<Incoming> peek(String queue, int most) {
        return alive().peek(queue, most);
    }

    @Override
    public boolean remove(String queue, String id) {
        return alive().remove(queue, id);
    }

    @Override
    public List<Delayed> delayed(String exchange) {
        return alive().delayed(exchange);
    }

    @Override
    public boolean cancel(String exchange, Delayed delayed) {
        return alive().cancel(exchange, delayed);
    }

    @Override
    public void after(Duration wait, Runnable task) {
        if (wait.isZero()) {
            activity.begins();
            Thread.ofVirtual().name("later").start(() -> end(task));
        } else {
            later.after(wait, () -> after(Duration.ZERO, task));
        }
    }

    /// By the machine's time too: the thread that moves the clock may be the one that waits.
    @Override
    public Runnable patience(Duration wait, Runnable over) {
        var ended = new AtomicBoolean();
        Runnable end = () -> {
            if (ended.compareAndSet(false, true)) {
                over.run();
            }
        };
        Runnable real = link.patience(wait, end);
        if (virtual != null) {
            virtual.after(wait, end);
        }
        return () -> {
            ended.set(true);
            real.run();
        };
    }

    private void end(Runnable task) {
        try {
            task.run();
        } finally {
            activity.ends();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        link.close();
    }
}

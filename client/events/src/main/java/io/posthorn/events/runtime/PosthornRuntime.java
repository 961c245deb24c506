package io.posthorn.events.runtime;

import io.posthorn.events.Capability;
import io.posthorn.events.EventBus;
import io.posthorn.events.EventSource;
import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Queue;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.QueueOptions.Order;
import io.posthorn.events.Retry;
import io.posthorn.events.RunningSource;
import io.posthorn.events.Scheduler;
import io.posthorn.events.spi.Link;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// One opened broker. Thread-safe.
final class PosthornRuntime implements Posthorn {
    private static final Logger LOG = System.getLogger(PosthornRuntime.class.getName());
    private static final String DEAD = ".dead";
    private static final String A_QUEUE = "a queue";

    private final Link link;
    private final Codecs codecs;
    private final Bus bus;
    private final Schedules schedules;
    private final Set<HandlerWorker> workers = ConcurrentHashMap.newKeySet();
    private final Set<SourceRunner> sources = ConcurrentHashMap.newKeySet();
    private final Pending pending = new Pending();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;

    PosthornRuntime(Link link, Codecs codecs, Formats formats, URI source) {
        this.link = link;
        this.codecs = codecs;
        this.bus = new Bus(this, codecs, formats, source);
        this.schedules = new Schedules(this, bus);
    }

    @Override
    public Scheduler scheduler() {
        checkOpen();
        return schedules;
    }

    @Override
    public EventBus bus() {
        checkOpen();
        return bus;
    }

    @Override
    public <T> Queue<T> queue(String name, Class<T> type, QueueOptions options) {
        checkOpen();
        boolean hasOwn = hasOwnDeadLetters(Names.given(A_QUEUE, name), options);
        Names.check(A_QUEUE, name, hasOwn ? DEAD + Names.DELAY : Names.DELAY);
        var codec = codecs.of(type);
        require(options);
        QueueOptions whole = hasOwn ? options.deadLetters(name + DEAD) : options;
        String dead = whole.deadLetters();
        if (dead != null) {
            link.declareQueue(
                    dead,
                    options.durable()
                            ? QueueOptions.fifo()
                            : QueueOptions.fifo().transientOnly());
        }
        link.declareQueue(name, whole);
        return new QueueClient<>(this, name, type, codec, whole);
    }

    @Override
    public RunningSource source(String name, EventSource source, Retry backOff) {
        checkTakesWork();
        var runner = new SourceRunner(name, source, backOff, bus, link, sources::remove);
        sources.add(runner);
        if (closing.get()) { // which may have looked before
            sources.remove(runner);
            throw closedAlready();
        }
        runner.start();
        return runner;
    }

    // What is dead for the second time stays where it is.
    private static boolean hasOwnDeadLetters(String name, QueueOptions options) {
        return options.deadLetters() == null && !name.endsWith(DEAD);
    }

    private void require(QueueOptions options) {
        if (options.order() == Order.LIFO) {
            require(Capability.LIFO);
        }
        if (options.deduplicateFor() != null) {
            require(Capability.DEDUPLICATION);
        }
        if (options.fairLimit() > 0) {
            require(Capability.FAIRNESS);
        }
    }

    void require(Capability capability) {
        if (!link.can(capability)) {
            throw new EventsException.Unsupported(capability, link.server());
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return link.capabilities();
    }

    Link link() {
        checkOpen();
        return link;
    }

    /// What was made for something that has failed is not left behind.
    void deleteAfter(RuntimeException failure, String queue) {
        try {
            link.deleteQueue(queue);
        } catch (EventsException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    /// Handlers have done what there was for them.
    void handOverSettled() {
        if (!closed) {
            link.flush();
        }
    }

    void working(HandlerWorker worker) {
        workers.add(worker);
        if (closing.get()) { // which may have looked before
            workers.remove(worker);
            throw closedAlready();
        }
    }

    void ended(HandlerWorker worker) {
        workers.remove(worker);
    }

    @Override
    public void close(Duration drain) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        long end = System.nanoTime() + TimeUnit.NANOSECONDS.convert(drain);
        each(sources, SourceRunner::stop);
        each(sources, source -> source.close(leftUntil(end)));
        each(workers, HandlerWorker::stop);
        each(workers, worker -> worker.close(leftUntil(end)));
        closed = true; // not before: what runs to its end may publish what comes of it
        pending.end();
        link.close();
    }

    private static Duration leftUntil(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /// What cannot be ended in order keeps nothing else from its end.
    private static <T> void each(Collection<T> all, Consumer<T> ending) {
        for (T one : all) {
            try {
                ending.accept(one);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "one did not end in order while a broker was closed", e);
            }
        }
    }

    /// Calls that wait, and end with this.
    Pending pending() {
        return pending;
    }

    boolean isClosed() {
        return closed;
    }

    void checkOpen() {
        if (closed) {
            throw closedAlready();
        }
    }

    /// Whoever drains begins nothing new.
    void checkTakesWork() {
        if (closing.get()) {
            throw closedAlready();
        }
    }

    EventsException.Closed closedAlready() {
        return new EventsException.Closed(link.server());
    }
}

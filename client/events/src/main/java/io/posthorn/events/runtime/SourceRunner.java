package io.posthorn.events.runtime;

import io.posthorn.events.EventBus;
import io.posthorn.events.EventSource;
import io.posthorn.events.Retry;
import io.posthorn.events.RunningSource;
import io.posthorn.events.SourceContext;
import io.posthorn.events.spi.Link;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Looks at one source, again and again, one look at a time: each is a task of the link's time.
/// Thread-safe.
final class SourceRunner implements RunningSource, SourceContext {
    private static final Logger LOG = System.getLogger(SourceRunner.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final EventSource source;
    private final Retry backOff;
    private final EventBus bus;
    private final Link link;
    private final Consumer<SourceRunner> whenClosed;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private boolean isOpen; // of the look, and of whoever waited for its end
    private State state = State.RUNNING; // guarded by the lock, as what is below
    private long looks;
    private int failures;
    private @Nullable Throwable lastFailure;
    private @Nullable Thread looking;

    SourceRunner(
            String name,
            EventSource source,
            Retry backOff,
            EventBus bus,
            Link link,
            Consumer<SourceRunner> whenClosed) {
        this.name = name;
        this.source = source;
        this.backOff = backOff;
        this.bus = bus;
        this.link = link;
        this.whenClosed = whenClosed;
    }

    void start() {
        link.after(Duration.ZERO, this::look);
    }

    private void look() {
        if (!begin()) {
            return;
        }
        Throwable failure = null;
        Duration wait = Duration.ZERO;
        try {
            if (!isOpen) {
                source.open(this);
                isOpen = true;
            }
            wait = source.look(this);
        } catch (Throwable thrown) { // whatever it is, it is of this source, and ends nothing else
            failure = thrown;
        }
        if (failure != null && isOpen) {
            closeSource();
        }
        end(wait, failure);
    }

    private boolean begin() {
        lock.lock();
        try {
            if (state == State.CLOSED) {
                return false;
            }
            looking = Thread.currentThread();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void end(Duration wait, @Nullable Throwable failure) {
        lock.lock();
        try {
            looking = null;
            quiet.signalAll();
            if (state == State.CLOSED) {
                return; // whoever closes it waits for this, and closes the source
            }
            if (failure == null) {
                looks++;
                failures = 0;
                lastFailure = null;
                state = State.RUNNING;
                link.after(wait, this::look);
            } else {
                failed(failure);
            }
        } finally {
            lock.unlock();
        }
    }

    private void failed(Throwable failure) {
        failures++;
        lastFailure = failure;
        if (backOff.goesOnAfter(failures)) {
            state = State.BACKING_OFF;
            LOG.log(Level.WARNING, "source '" + name + "' failed, and is looked at again later", failure);
            link.after(backOff.waitAfter(failures, ThreadLocalRandom.current()), this::look);
        } else {
            state = State.GIVEN_UP;
            LOG.log(Level.ERROR, "source '" + name + "' failed " + failures + " times, and is given up", failure);
        }
    }

    private void closeSource() {
        isOpen = false;
        try {
            source.close();
        } catch (Exception e) {
            LOG.log(Level.WARNING, "source '" + name + "' did not close in order", e);
        }
    }

    @Override
    public void close() {
        close(PATIENCE);
    }

    /// Nobody looks any more when this returns, or the patience is at its end.
    void close(Duration patience) {
        whenClosed.accept(this);
        lock.lock();
        try {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
            if (Thread.currentThread().equals(looking)) {
                return; // a source that closes itself, in a look
            }
            awaitQuiet(patience);
        } finally {
            lock.unlock();
        }
        if (isOpen) {
            closeSource();
        }
    }

    private void awaitQuiet(Duration patience) {
        try {
            long left = TimeUnit.NANOSECONDS.convert(patience);
            if (looking != null) {
                looking.interrupt();
            }
            while (looking != null && left > 0) {
                left = quiet.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public EventBus bus() {
        return bus;
    }

    @Override
    public InstantSource clock() {
        return link.clock();
    }

    private interface Look<T> {
        T at();
    }

    private <T> T locked(Look<T> look) {
        lock.lock();
        try {
            return look.at();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public State state() {
        return locked(() -> state);
    }

    @Override
    public long looks() {
        return locked(() -> looks);
    }

    @Override
    public int failures() {
        return locked(() -> failures);
    }

    @Override
    public Optional<Throwable> lastFailure() {
        return locked(() -> Optional.ofNullable(lastFailure));
    }
}

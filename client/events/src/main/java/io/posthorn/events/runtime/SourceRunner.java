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
import java.util.Objects;
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
    private boolean isOpen; // of the look, and of whoever ends it when there is none
    private State state = State.RUNNING; // guarded by the lock, as what is below
    private long looks;
    private int failures;
    private @Nullable Throwable lastFailure;

    /// Who looks, until what comes of the look is done; or who closes the source.
    private @Nullable Thread busy;

    private boolean isLooking;

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
            wait = Objects.requireNonNull(source.look(this), "a look says how long until the next, and not null");
        } catch (Throwable thrown) { // whatever it is, it is of this source, and ends nothing else
            failure = thrown;
        }
        looked();
        if (failure != null) {
            closeSource();
        }
        if (!goesOn(wait, failure)) {
            closeSource();
            ended();
        }
    }

    private boolean begin() {
        return locked(() -> {
            if (state == State.CLOSED) {
                return false;
            }
            busy = Thread.currentThread();
            isLooking = true;
            return true;
        });
    }

    /// Nobody interrupts any more: that was for the look.
    private void looked() {
        locked(() -> {
            isLooking = false;
            return Thread.interrupted();
        });
    }

    /// @return false when it was closed meanwhile: then this is the one who closes the source
    private boolean goesOn(Duration wait, @Nullable Throwable failure) {
        return locked(() -> {
            if (state == State.CLOSED) {
                return false;
            }
            busy = null;
            if (failure == null) {
                looks++;
                failures = 0;
                lastFailure = null;
                state = State.RUNNING;
                link.after(wait, this::look);
            } else {
                failed(failure);
            }
            return true;
        });
    }

    private void ended() {
        locked(() -> {
            busy = null;
            quiet.signalAll();
            return true;
        });
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
        if (!isOpen) {
            return;
        }
        isOpen = false;
        try {
            source.close();
        } catch (Throwable e) { // whatever it is, it is of this source
            LOG.log(Level.WARNING, "source '" + name + "' did not close in order", e);
        }
    }

    @Override
    public void close() {
        close(PATIENCE);
    }

    /// Nobody looks any more and the source is closed when this returns, or the patience is at its end, or this is the
    /// source that closes itself.
    void close(Duration patience) {
        stop();
        whenClosed.accept(this);
        if (mayClose()) {
            closeSource();
            ended();
        } else {
            awaitQuiet(patience);
        }
    }

    /// There is no other look; one that runs is interrupted, once, and closes the source behind itself.
    void stop() {
        locked(() -> {
            State before = state;
            state = State.CLOSED;
            if (before != State.CLOSED && busy != null && isLooking && !busy.equals(Thread.currentThread())) {
                busy.interrupt();
            }
            return before;
        });
    }

    private boolean mayClose() {
        return locked(() -> {
            if (busy != null) {
                return false;
            }
            busy = Thread.currentThread();
            return true;
        });
    }

    private void awaitQuiet(Duration patience) {
        lock.lock();
        try {
            long left = TimeUnit.NANOSECONDS.convert(patience);
            while (busy != null && !busy.equals(Thread.currentThread()) && left > 0) {
                left = quiet.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
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

package io.posthorn.events.runtime;

import io.posthorn.events.EventsException;
import io.posthorn.events.Handler;
import io.posthorn.events.Position;
import io.posthorn.events.WorkOptions;
import io.posthorn.events.Worker;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A handler at work: takes messages from the link, runs the handler on virtual threads, and settles what it did.
final class HandlerWorker implements Worker {
    private static final Logger LOG = System.getLogger(HandlerWorker.class.getName());

    private final PosthornRuntime runtime;
    private final String queue;
    private final WorkOptions options;
    private final Function<Incoming, Attempt> begin;
    private final Taking taking;
    private final Lanes<Incoming> lanes;
    private final @Nullable Remembered remembered;
    private final Pauses pauses = new Pauses();
    private boolean isAlone; // does not change once it takes messages
    private volatile boolean stopping;
    private volatile boolean isOver;
    private Link.@Nullable Intake intake;

    /// Where messages come from.
    @FunctionalInterface
    interface Taking {
        Link.Intake from(Link link, int prefetch, Consumer<Incoming> sink);
    }

    /// @param begin decodes a message, and says what is to be done with it; what it throws it has settled
    HandlerWorker(PosthornRuntime runtime, String queue, WorkOptions options, Function<Incoming, Attempt> begin) {
        this.runtime = runtime;
        this.queue = queue;
        this.options = options;
        this.begin = begin;
        this.taking = (link, prefetch, sink) -> link.consume(queue, prefetch, sink);
        this.remembered = null;
        this.lanes = lanes(this::work);
    }

    /// On what is kept: nothing is taken out.
    ///
    /// @param remembered null where the application remembers itself
    /// @param deadLetters the queue that gets what fails too often
    HandlerWorker(
            PosthornRuntime runtime,
            String queue,
            Position from,
            @Nullable Remembered remembered,
            String deadLetters,
            WorkOptions options,
            Function<Incoming, Attempt> begin) {
        this.runtime = runtime;
        this.queue = queue;
        this.options = options;
        this.begin = begin;
        this.taking = (link, prefetch, sink) -> link.consume(queue, from, prefetch, sink);
        this.remembered = remembered;
        this.lanes =
                lanes(new KeptWork(
                        runtime,
                        queue,
                        deadLetters,
                        options.retry(),
                        begin,
                        pauses,
                        () -> stopping,
                        this::stand,
                        this::done)::run);
    }

    private Lanes<Incoming> lanes(Consumer<Incoming> work) {
        String name = "handler of " + queue;
        return options.concurrency() == 1 && !options.ordered()
                ? new OneLane<>(name, work, this::caughtUp)
                : new ManyLanes<>(options.concurrency(), name, this::lane, work, HandlerWorker::stands, this::caughtUp);
    }

    /// Twice as many as are worked on, so that a handler that is done finds the next.
    HandlerWorker start() {
        return start(options.concurrency() * 2);
    }

    /// @param prefetch unless the options say another
    HandlerWorker start(int prefetch) {
        runtime.working(this);
        intake = taking.from(runtime.link(), options.prefetch() == 0 ? prefetch : options.prefetch(), this::came);
        return this;
    }

    /// Where nobody else could have what it takes, so that it works that off before it ends.
    HandlerWorker startAlone(int prefetch) {
        isAlone = true;
        return start(prefetch);
    }

    /// A message without a key need not wait for any other.
    private @Nullable Object lane(Incoming incoming) {
        return options.ordered() ? incoming.key() : null;
    }

    /// What stands still in its lane rests, and goes on with it.
    private static void stands(Incoming incoming, boolean still) {
        if (still) {
            incoming.settlement().rests();
        } else {
            incoming.settlement().goesOn();
        }
    }

    private void stand(Incoming incoming, boolean still) {
        if (still) {
            lanes.standStill(incoming);
        } else {
            lanes.goOn(incoming);
        }
    }

    private void came(Incoming incoming) {
        if (remembered != null) {
            remembered.came(incoming);
        }
        lanes.submit(incoming);
    }

    private void done(Incoming incoming) {
        if (remembered != null) {
            remembered.done(incoming);
        }
    }

    private void caughtUp() {
        if (remembered != null) {
            remembered.caughtUp();
        }
        runtime.handOverSettled();
    }

    private void work(Incoming incoming) {
        try {
            Incoming now = incoming;
            for (boolean isFirst = true; goesOn(isFirst); isFirst = false) {
                Attempt attempt = begin.apply(now);
                Duration wait = run(attempt);
                if (wait == null) {
                    return;
                }
                pauses.await(runtime.link(), wait, () -> stand(incoming, true), () -> stand(incoming, false));
                now = attempt.delivery().onceMore();
            }
        } catch (EventsException e) {
            LOG.log(Level.WARNING, "a message of queue ''{0}'': {1}", queue, e.getMessage());
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) { // ours, and must not end the worker: the others wait behind it
            LOG.log(Level.ERROR, "a message of queue '" + queue + "' goes back", e);
        }
        incoming.settlement().settle(Incoming.Outcome.REQUEUE);
    }

    private boolean goesOn(boolean isFirst) {
        return !stopping || (isFirst && isAlone && !isOver);
    }

    /// @return after what time it is to be tried again, here and now; null when it is settled
    private @Nullable Duration run(Attempt attempt) {
        LinkedDelivery<?> delivery = attempt.delivery();
        try {
            attempt.work().run();
            delivery.ack();
        } catch (Handler.Reject rejected) {
            delivery.reject("Rejected", String.valueOf(rejected.getMessage()));
        } catch (Handler.RetryLater later) {
            return retry(delivery, later.delay());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            delivery.nack();
        } catch (Throwable failure) { // whatever it is, it is of this message, and must not end the worker
            return failed(delivery, failure);
        }
        return null;
    }

    private @Nullable Duration failed(LinkedDelivery<?> delivery, Throwable failure) {
        int attempt = delivery.attempt();
        LOG.log(Level.WARNING, "attempt " + attempt + " at a message of queue '" + queue + "' failed", failure);
        if (options.retry().goesOnAfter(attempt)) {
            return retry(delivery, options.retry().waitAfter(attempt, ThreadLocalRandom.current()));
        }
        delivery.reject(failure.getClass().getSimpleName(), String.valueOf(failure.getMessage()));
        return null;
    }

    /// What keeps an order stays in its lane, so that nothing of its key overtakes it; anything else goes behind the
    /// others, and is out of nobody's hands meanwhile.
    private @Nullable Duration retry(LinkedDelivery<?> delivery, Duration wait) {
        if (options.ordered() && delivery.key() != null) {
            return delivery.isSettled() ? null : wait;
        }
        try {
            delivery.retryAfter(wait);
        } catch (EventsException.Unsupported e) { // at its next turn it would be the same
            LOG.log(Level.WARNING, "a message of queue ''{0}'' cannot be tried later: {1}", queue, e.getMessage());
            delivery.reject(e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
        }
        return null;
    }

    /// Whoever subscribes by the same name begins anew.
    void forget() {
        if (remembered != null) {
            remembered.forget();
        }
    }

    @Override
    public int running() {
        return lanes.running();
    }

    /// Takes no more; what has not begun goes back where others may have it.
    void stop() {
        if (intake != null) {
            intake.stop();
        }
        stopping = true;
        pauses.end();
    }

    @Override
    public boolean close(Duration drain) {
        if (!stopping) {
            stop();
        }
        runtime.ended(this);
        try {
            return lanes.awaitIdle(drain);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            isOver = true;
        }
    }
}

package io.posthorn.events.runtime;

import io.posthorn.events.EventsException;
import io.posthorn.events.Handler;
import io.posthorn.events.Position;
import io.posthorn.events.WorkOptions;
import io.posthorn.events.Worker;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import io.posthorn.events.spi.Link;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
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
    private final @Nullable String deadLetters;
    private final Pauses pauses;
    private final Insistence insistence;
    private final AtomicReference<Link.@Nullable Intake> intake = new AtomicReference<>();
    private boolean isAlone; // does not change once it takes messages
    private volatile boolean stopping;
    private volatile boolean isOver;

    /// Where messages come from.
    @FunctionalInterface
    interface Taking {
        Link.Intake from(Link link, int prefetch, Consumer<Incoming> sink);
    }

    /// @param deadLetters the queue that gets what fails too often; null where it is dropped
    /// @param begin decodes a message, and says what is to be done with it
    HandlerWorker(
            PosthornRuntime runtime,
            String queue,
            @Nullable String deadLetters,
            WorkOptions options,
            Function<Incoming, Attempt> begin) {
        this.runtime = runtime;
        this.queue = queue;
        this.deadLetters = deadLetters;
        this.options = options;
        this.begin = begin;
        this.pauses = new Pauses(runtime, this::stand);
        this.insistence = Insistence.forAWhile(queue, pauses);
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
        this.deadLetters = deadLetters;
        this.options = options;
        this.begin = begin;
        this.pauses = new Pauses(runtime, this::stand);
        this.insistence = Insistence.withoutEnd(queue, pauses);
        this.taking = (link, prefetch, sink) -> link.consume(queue, from, prefetch, sink);
        this.remembered = remembered;
        this.lanes = lanes(
                new KeptWork(runtime, queue, deadLetters, options.retry(), begin, pauses, insistence, this::done)::run);
    }

    private Lanes<Incoming> lanes(Consumer<Incoming> work) {
        String name = "handler of " + queue;
        return options.concurrency() == 1 && !options.ordered()
                ? new OneLane<>(name, work, HandlerWorker::stands, this::caughtUp)
                : new ManyLanes<>(options.concurrency(), name, this::lane, work, HandlerWorker::stands, this::caughtUp);
    }

    /// Twice as many as are worked on, so that a handler that is done finds the next.
    HandlerWorker start() {
        return start(options.concurrency() * 2);
    }

    /// @param prefetch unless the options say another
    HandlerWorker start(int prefetch) {
        runtime.working(this);
        try {
            int most = options.prefetch() == 0 ? prefetch : options.prefetch();
            intake.set(taking.from(runtime.link(), most, this::came));
        } catch (RuntimeException e) {
            runtime.ended(this);
            throw e;
        }
        if (stopping) { // by a close that came meanwhile
            takeNoMore();
        }
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
                Attempt attempt = begin(now);
                Duration wait = attempt == null ? null : run(now, attempt);
                if (attempt == null || wait == null) {
                    return;
                }
                pauses.await(now, wait);
                now = attempt.delivery().onceMore();
            }
            incoming.settlement().settle(Outcome.REQUEUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            incoming.settlement().settle(Outcome.REQUEUE);
        } catch (RuntimeException | Error e) { // ours, and must not end the worker: the others wait behind it
            LOG.log(Level.ERROR, "a message of queue '" + queue + "' goes back", e);
            giveBackLater(incoming);
        }
    }

    /// @return null when it is settled: what cannot be decoded now never can
    private @Nullable Attempt begin(Incoming incoming) throws InterruptedException {
        try {
            return begin.apply(incoming);
        } catch (EventsException.BadMessage bad) {
            LOG.log(Level.WARNING, "a message of queue ''{0}'': {1}", queue, bad.getMessage());
            var letter = new DeadLetter(runtime, deadLetters, incoming);
            settle(incoming, () -> letter.send(DeadLetter.kind(bad), DeadLetter.reason(bad)));
            return null;
        }
    }

    /// What the broker does not take for long goes back: that makes way for others, and may be what it wants for.
    private void settle(Incoming incoming, Runnable settling) throws InterruptedException {
        if (!insistence.on(incoming, settling)) {
            incoming.settlement().settle(Outcome.REQUEUE);
        }
    }

    /// Whatever it was may be there the next time as well, which should not be at once.
    private void giveBackLater(Incoming incoming) {
        try {
            if (!stopping) {
                pauses.await(incoming, insistence.waitAfter(LinkedDelivery.attempt(incoming)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (EventsException closed) {
            LOG.log(Level.DEBUG, "nobody is left to give a message of queue ''{0}'' back to", queue);
        }
        incoming.settlement().settle(Outcome.REQUEUE);
    }

    private boolean goesOn(boolean isFirst) {
        return !stopping || (isFirst && isAlone && !isOver);
    }

    /// @return after what time it is to be tried again, here and now; null when it is settled
    private @Nullable Duration run(Incoming now, Attempt attempt) throws InterruptedException {
        LinkedDelivery<?> delivery = attempt.delivery();
        try {
            attempt.run();
            delivery.ack();
        } catch (Handler.Reject rejected) {
            settle(now, () -> delivery.reject(DeadLetter.REJECTED, DeadLetter.reason(rejected)));
        } catch (Handler.RetryLater later) {
            return retry(now, delivery, later.delay());
        } catch (Throwable failure) { // whatever it is, it is of this message, and must not end the worker
            return failed(now, delivery, failure);
        }
        return null;
    }

    private @Nullable Duration failed(Incoming now, LinkedDelivery<?> delivery, Throwable failure)
            throws InterruptedException {
        int attempt = delivery.attempt();
        LOG.log(Level.WARNING, "attempt " + attempt + " at a message of queue '" + queue + "' failed", failure);
        if (options.retry().goesOnAfter(attempt)) {
            return retry(now, delivery, options.retry().waitAfter(attempt, ThreadLocalRandom.current()));
        }
        settle(now, () -> delivery.reject(DeadLetter.kind(failure), DeadLetter.reason(failure)));
        return null;
    }

    /// What keeps an order stays in its lane, so that nothing of its key overtakes it; anything else goes behind the
    /// others, and is out of nobody's hands meanwhile.
    private @Nullable Duration retry(Incoming now, LinkedDelivery<?> delivery, Duration wait)
            throws InterruptedException {
        if (options.ordered() && delivery.key() != null) {
            return delivery.isSettled() ? null : wait;
        }
        try {
            settle(now, () -> delivery.retryAfter(wait));
        } catch (EventsException.Unsupported | IllegalArgumentException e) { // at its next turn it would be the same
            LOG.log(Level.WARNING, "a message of queue ''{0}'' cannot be tried later: {1}", queue, e.getMessage());
            settle(now, () -> delivery.reject(DeadLetter.kind(e), DeadLetter.reason(e)));
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
        takeNoMore();
        stopping = true;
        takeNoMore(); // where it began to take meanwhile
        pauses.end();
    }

    private void takeNoMore() {
        Link.Intake taking = intake.getAndSet(null);
        if (taking == null) {
            return;
        }
        try {
            taking.stop();
        } catch (EventsException e) { // a broker that is not there any more delivers nothing either
            LOG.log(Level.WARNING, "the handler of ''{0}'' could not say that it ends: {1}", queue, e.getMessage());
        }
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

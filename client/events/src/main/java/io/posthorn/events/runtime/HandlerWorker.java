package io.posthorn.events.runtime;

import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.Handler;
import io.posthorn.events.WorkOptions;
import io.posthorn.events.Worker;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// A handler at work: takes messages from the link, runs the handler on virtual threads, and settles what it did.
final class HandlerWorker<T> implements Worker {
    private static final Logger LOG = System.getLogger(HandlerWorker.class.getName());

    private final PosthornRuntime runtime;
    private final QueueClient<T> queue;
    private final Handler<? super T> handler;
    private final WorkOptions options;
    private final Lanes lanes;
    private volatile boolean stopping;
    private Link.@Nullable Intake intake;

    HandlerWorker(PosthornRuntime runtime, QueueClient<T> queue, Handler<? super T> handler, WorkOptions options) {
        this.runtime = runtime;
        this.queue = queue;
        this.handler = handler;
        this.options = options;
        this.lanes = new Lanes(options.concurrency(), "handler of " + queue.name());
    }

    /// Twice as many as are worked on, so that a handler that is done finds the next.
    void start() {
        runtime.working(this);
        intake = runtime.link().consume(queue.name(), options.concurrency() * 2, this::came);
    }

    private void came(Incoming incoming) {
        lanes.submit(lane(incoming), () -> work(incoming));
    }

    private @Nullable Object lane(Incoming incoming) {
        if (options.concurrency() == 1) {
            return this;
        }
        return options.ordered() ? incoming.key() : null;
    }

    private void work(Incoming incoming) {
        if (stopping) {
            incoming.settlement().settle(Incoming.Outcome.REQUEUE);
            return;
        }
        try {
            T value = queue.decoded(incoming);
            handle(value, new LinkedDelivery<>(runtime, queue.deadLetters(), incoming, value));
        } catch (EventsException e) {
            LOG.log(Level.WARNING, "a message of queue ''{0}'': {1}", queue.name(), e.getMessage());
        }
    }

    @SuppressWarnings("CatchingUnchecked") // a handler may throw whatever it likes, and must not end the worker
    private void handle(T value, LinkedDelivery<T> delivery) {
        try {
            handler.handle(value, delivery);
            delivery.ack();
        } catch (Handler.Reject rejected) {
            delivery.reject("Rejected", String.valueOf(rejected.getMessage()));
        } catch (Handler.RetryLater later) {
            again(delivery, later.delay());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            delivery.nack();
        } catch (Exception | StackOverflowError | AssertionError failure) {
            failed(delivery, failure);
        }
    }

    private void failed(LinkedDelivery<T> delivery, Throwable failure) {
        int attempt = delivery.attempt();
        LOG.log(Level.WARNING, "attempt " + attempt + " at a message of queue '" + queue.name() + "' failed", failure);
        if (options.retry().goesOnAfter(attempt)) {
            again(delivery, options.retry().waitAfter(attempt, ThreadLocalRandom.current()));
        } else {
            delivery.reject(failure.getClass().getSimpleName(), String.valueOf(failure.getMessage()));
        }
    }

    /// Where the broker cannot delay, the message waits here, unsettled: it is somebody's again if we die.
    private void again(LinkedDelivery<T> delivery, Duration wait) {
        if (delivery.isSettled()) {
            return;
        }
        if (wait.isZero() || runtime.capabilities().contains(Capability.DELAY)) {
            delivery.retryAs(wait);
            return;
        }
        try {
            Thread.sleep(wait);
            delivery.retryAs(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            delivery.nack();
        }
    }

    @Override
    public int running() {
        return lanes.running();
    }

    /// Takes no more; what has not begun goes back.
    void stop() {
        if (intake != null) {
            intake.stop();
        }
        stopping = true;
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
        }
    }
}

package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventsException;
import io.posthorn.events.Handler;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Publish;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.QueueOptions.Overflow;
import io.posthorn.events.Retention;
import io.posthorn.events.Retry;
import io.posthorn.events.Send;
import io.posthorn.events.Subscribe;
import io.posthorn.events.WorkOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What goes wrong is said by a type and in words that say what to do; nothing is lost, and nothing half done.
class BadInputTest {
    record Paid(int order) {}

    @OnEachBroker
    void aHandlerThatBlocksHoldsUpNobodyElseAndItsMessageComesAgain(TestBroker broker, Posthorn posthorn)
            throws Exception {
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var stuck = posthorn.queue("stuck", String.class);
        var other = posthorn.queue("other", String.class);
        var done = new CountDownLatch(1);
        Posthorn program = broker.open();
        var worker = program.queue("stuck", String.class).consume((_, _) -> {
            begun.countDown();
            release.await();
        });
        other.consume((_, _) -> done.countDown());
        stuck.enqueue("a");
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        other.enqueue("b");
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(worker.close(Duration.ofMillis(10))).isFalse();
        assertThat(worker.running()).isEqualTo(1);
        program.close(Duration.ZERO); // as if the program had ended
        var again = stuck.dequeue(Duration.ofSeconds(30)).orElseThrow();
        assertThat(again.value()).isEqualTo("a");
        assertThat(again.attempt()).isEqualTo(2);
        again.ack();
        release.countDown();
    }

    @OnEachBroker
    void anEventWithABrokenBodyIsDeadAndTheNextIsHandled(TestBroker broker, Posthorn posthorn) {
        List<Integer> seen = new CopyOnWriteArrayList<>();
        posthorn.bus().subscribe(Subscribe.to(Paid.class).durable("ledger"), (paid, _) -> seen.add(paid.order()));
        posthorn.queue(
                        "posthorn.events.ledger",
                        String.class,
                        QueueOptions.fifo().deadLetters("posthorn.events.ledger.dead"))
                .enqueue("{\"order\": \"many\"", Send.NORMALLY.header("cloudEvents:type", "Paid"));
        posthorn.bus().publish(new Paid(1));
        broker.awaitIdle();

        assertThat(seen).containsExactly(1);
        var letter = posthorn.queue("posthorn.events.ledger.dead", String.class)
                .dequeue()
                .orElseThrow();
        assertThat(letter.envelope().headers().get("x-error")).contains("cannot be decoded as " + Paid.class.getName());
        letter.ack();
    }

    @OnEachBroker
    void anEventOfAnUnknownTypeIsDeadAndSaysWhatToCall(TestBroker broker, Posthorn posthorn) {
        posthorn.bus().subscribe(Subscribe.toTopic("shop.#").durable("audit"), (_, _) -> {});
        Posthorn publisher = broker.open();
        publisher.bus().types().register(Paid.class, "shop.paid");
        publisher.bus().publish(new Paid(1), Publish.to("shop.till"));
        broker.awaitIdle();

        var letter = posthorn.queue("posthorn.events.audit.dead", String.class)
                .dequeue()
                .orElseThrow();
        assertThat(letter.envelope().headers().get("x-error")).contains("bus().types().register(…, \"shop.paid\")");
        letter.ack();
    }

    @OnEachBroker
    void aFullQueueRefusesAndNamesItself(Posthorn posthorn) {
        var queue = posthorn.queue("small", String.class, QueueOptions.fifo().maxLength(1, Overflow.REFUSE));
        queue.enqueue("a");

        assertThatThrownBy(() -> queue.enqueue("b"))
                .isInstanceOf(EventsException.Refused.class)
                .hasMessageContaining("full");
        assertThat(queue.length()).isEqualTo(1);
    }

    @OnEachBroker
    void whatIsClosedSaysThatItIsToBeOpenedAgain(TestBroker broker) {
        Posthorn posthorn = broker.open();
        var bus = posthorn.bus();
        var queue = posthorn.queue("work", String.class);
        posthorn.close();

        assertThatThrownBy(() -> bus.publish(new Paid(1)))
                .isInstanceOf(EventsException.Closed.class)
                .hasMessageContaining("open it again");
        assertThatThrownBy(() -> queue.enqueue("x")).isInstanceOf(EventsException.Closed.class);
        assertThatThrownBy(() -> posthorn.source("s", _ -> Duration.ofSeconds(1)))
                .isInstanceOf(EventsException.Closed.class);
        assertThatThrownBy(() -> bus.subscribe(Paid.class, (_, _) -> {})).isInstanceOf(EventsException.Closed.class);
    }

    @OnEachBroker
    void whatIsClosedBehindItsBrokerIsClosedQuietly(TestBroker broker) {
        Posthorn posthorn = broker.open();
        var subscription = posthorn.bus().subscribe(Paid.class, (_, _) -> {});
        var worker = posthorn.queue("work", String.class).consume((_, _) -> {});
        posthorn.close();

        subscription.close();
        worker.close();
        posthorn.close();
    }

    @OnEachBroker
    void aWaitThatNobodyCanCountIsRefusedAtOnce(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("work", String.class);
        Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
        assertThatThrownBy(() -> queue.enqueue("x", Send.delayed(forEver)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a hundred years");
        assertThatThrownBy(() -> queue.enqueue("x", Send.expiring(forEver)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QueueOptions.fifo().expiry(forEver)).isInstanceOf(IllegalArgumentException.class);
        assertThat(queue.length()).isZero();

        queue.enqueue("y");
        var delivery = queue.dequeue(forEver).orElseThrow();
        assertThatThrownBy(() -> delivery.retryAfter(forEver)).isInstanceOf(IllegalArgumentException.class);
        delivery.ack();
        broker.awaitIdle();
        posthorn.close(forEver);
    }

    @OnEachBroker
    void aHandlerThatWaitsForWhatHasPassedIsTriedAgainAtOnce(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("work", String.class);
        List<String> seen = new CopyOnWriteArrayList<>();
        try (var worker = queue.consume(
                (work, delivery) -> {
                    seen.add(work + delivery.attempt());
                    if (delivery.attempt() == 1) {
                        throw new Handler.RetryLater(Duration.ofSeconds(-1));
                    }
                },
                WorkOptions.oneAtATime())) {
            queue.enqueue("a");
            broker.awaitIdle();

            assertThat(seen).containsExactly("a1", "a2");
            assertThat(worker.close(Duration.ofSeconds(30))).isTrue();
        }
    }

    @OnEachBroker
    void aHandlerThatWaitsForEverHasFailedAndTheNextIsHandled(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("work", String.class, QueueOptions.fifo().deadLetters("work.dead"));
        var dead = posthorn.queue("work.dead", String.class);
        List<String> done = new CopyOnWriteArrayList<>();
        try (var _ = queue.consume(
                (work, _) -> {
                    if (work.equals("a")) {
                        throw new Handler.RetryLater(Duration.ofSeconds(Long.MAX_VALUE));
                    }
                    done.add(work);
                },
                WorkOptions.oneAtATime().retry(Retry.never()))) {
            queue.enqueue("a");
            queue.enqueue("b");
            broker.awaitIdle();
        }

        assertThat(done).containsExactly("b");
        var letter = dead.dequeue().orElseThrow();
        assertThat(letter.envelope().headers()).containsEntry("x-error-type", "IllegalArgumentException");
        letter.ack();
    }

    /// The library cannot arrange for such a wait itself, which is not the handler's fault.
    @OnEachBroker
    void whatCannotBeTriedAgainSoLateGoesBackAndTheWorkerGoesOn(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("work", String.class, QueueOptions.fifo().deadLetters("work.dead"));
        var dead = posthorn.queue("work.dead", String.class);
        List<String> done = new CopyOnWriteArrayList<>();
        var later = Retry.fixed(Duration.ofDays(200 * 365)).attempts(3);
        try (var worker = queue.consume(
                (work, _) -> {
                    if (work.equals("a")) {
                        throw new IllegalStateException("not today");
                    }
                    done.add(work);
                },
                WorkOptions.oneAtATime().retry(later))) {
            queue.enqueue("a");
            queue.enqueue("b");
            broker.awaitIdle();

            assertThat(worker.close(Duration.ofSeconds(30))).isTrue();
        }

        assertThat(done).containsExactly("b");
        assertThat(dead.length()).isEqualTo(1);
    }

    @OnEachBroker
    void aHandlerThatInterruptsItselfHasFailedAndTheNextIsNotInterrupted(TestBroker broker, Posthorn posthorn) {
        List<String> done = new CopyOnWriteArrayList<>();
        var queue = posthorn.queue("work", String.class);
        queue.enqueueAll(List.of("throws", "interrupts", "last"));
        queue.consume(
                (work, _) -> {
                    done.add(work + (Thread.currentThread().isInterrupted() ? " interrupted" : ""));
                    if (work.equals("throws")) {
                        throw new InterruptedException("on purpose");
                    }
                    Thread.currentThread().interrupt();
                },
                WorkOptions.oneAtATime().prefetch(10).retry(Retry.never()));
        var kept = Subscribe.to(Paid.class).durable("paid").keeping(Retention.always());
        posthorn.bus().subscribe(kept, (_, context) -> {
            done.add("attempt " + context.attempt());
            throw new InterruptedException("on purpose");
        });
        broker.awaitIdle();
        assertThat(done).containsExactly("throws", "interrupts", "last");
        assertThat(posthorn.queue("work.dead", String.class).length()).isEqualTo(1);

        posthorn.bus().publish(new Paid(1));
        broker.advance(Duration.ofHours(1));
        assertThat(done).hasSize(8).endsWith("attempt 5");
    }

    @OnEachBroker
    void aHandlerThatThrowsIsTriedAgainAndAtLastItsEventIsDeadWithTheCause(TestBroker broker, Posthorn posthorn) {
        var work =
                WorkOptions.oneAtATime().retry(Retry.fixed(Duration.ofHours(1)).attempts(3));
        posthorn.bus().subscribe(Subscribe.to(Paid.class).durable("ledger").work(work), (_, _) -> {
            throw new IllegalStateException("the ledger is locked");
        });
        posthorn.bus().publish(new Paid(1));
        broker.advance(Duration.ofHours(2));

        var letter = posthorn.queue("posthorn.events.ledger.dead", String.class)
                .dequeue()
                .orElseThrow();
        assertThat(letter.envelope().headers())
                .containsEntry("x-error", "the ledger is locked")
                .containsEntry("x-error-type", "IllegalStateException")
                .containsEntry("x-attempts", "3");
        letter.ack();
    }
}

package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventsException;
import io.posthorn.events.Handler;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Queue;
import io.posthorn.events.Retention;
import io.posthorn.events.Retry;
import io.posthorn.events.Send;
import io.posthorn.events.Subscribe;
import io.posthorn.events.WorkOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What a broker does not take when a handler is done, a dead letter or the next attempt, is not given up, and keeps
/// nobody busy.
class UnwrittenTest {
    private static final int FOR_LONG = 1_000;

    record Paid(int order) {}

    private final List<String> handled = new CopyOnWriteArrayList<>();

    /// Fails at whatever begins with bad, and has the broker refuse so much of what comes of that.
    private Handler<String> refusing(TestBroker broker, int publishes) {
        return (value, _) -> {
            handled.add(value);
            if (value.startsWith("bad")) {
                broker.faults().refusePublishes(publishes);
                throw new IllegalStateException("on purpose");
            }
        };
    }

    private static long dead(Posthorn posthorn, String queue) {
        return posthorn.queue(queue + ".dead", String.class).length();
    }

    @OnEachBroker
    void aDeadLetterIsWrittenWhenTheBrokerTakesItAndTheHandlerDoesNotRunForIt(TestBroker broker, Posthorn posthorn) {
        Queue<String> queue = posthorn.queue("work", String.class);
        queue.enqueueAll(List.of("bad", "good"));
        queue.consume(refusing(broker, 3), WorkOptions.oneAtATime().prefetch(10).retry(Retry.never()));
        broker.advance(Duration.ofSeconds(10));

        assertThat(handled).containsExactly("bad", "good");
        assertThat(dead(posthorn, "work")).isEqualTo(1);
    }

    @OnEachBroker
    void whereDeadLettersAreNotTakenForLongTheOthersAreHandledAllTheSame(TestBroker broker, Posthorn posthorn) {
        Queue<String> queue = posthorn.queue("work", String.class);
        queue.enqueueAll(List.of("bad one", "bad two", "good"));
        queue.consume(
                refusing(broker, FOR_LONG),
                WorkOptions.oneAtATime().concurrency(2).retry(Retry.never()));
        broker.advance(Duration.ofMinutes(2));

        assertThat(handled).hasSizeBetween(5, 30).contains("good");
        assertThat(dead(posthorn, "work")).isZero();
        broker.faults().end();
    }

    @OnEachBroker
    void theNextAttemptComesWhenTheBrokerTakesIt(TestBroker broker, Posthorn posthorn) {
        Queue<String> queue = posthorn.queue("work", String.class);
        queue.enqueue("bad");
        queue.consume(
                refusing(broker, 3),
                WorkOptions.oneAtATime()
                        .retry(Retry.fixed(Duration.ofSeconds(1)).attempts(3)));
        broker.advance(Duration.ofMinutes(1));

        assertThat(handled).containsExactly("bad", "bad", "bad");
        assertThat(dead(posthorn, "work")).isEqualTo(1);
    }

    @OnEachBroker
    void anEventThatIsKeptIsDeadAndNotForgotten(TestBroker broker, Posthorn posthorn) {
        var all = Subscribe.to(Paid.class)
                .durable("ledger")
                .keeping(Retention.always())
                .work(WorkOptions.oneAtATime()
                        .retry(Retry.fixed(Duration.ofSeconds(1)).attempts(2)));
        posthorn.bus().subscribe(all, (paid, _) -> {
            handled.add("order " + paid.order());
            if (paid.order() == 1) {
                broker.faults().refusePublishes(20);
                throw new IllegalStateException("on purpose");
            }
        });
        posthorn.bus().publish(new Paid(1));
        broker.advance(Duration.ofSeconds(2));
        broker.faults().end();
        posthorn.bus().publish(new Paid(2));
        broker.advance(Duration.ofMinutes(10));

        assertThat(handled).containsExactly("order 1", "order 1", "order 2");
        assertThat(dead(posthorn, "posthorn.events.ledger")).isEqualTo(1);
    }

    @OnEachBroker
    void whatCannotBeDecodedIsDeadWhenTheBrokerTakesIt(TestBroker broker, Posthorn posthorn) {
        posthorn.queue("numbers", String.class).enqueue("no number");
        broker.faults().refusePublishes(3);
        Queue<Paid> numbers = posthorn.queue("numbers", Paid.class);
        assertThatThrownBy(numbers::dequeue).isInstanceOf(EventsException.Refused.class);
        assertThat(numbers.length()).isEqualTo(1);

        numbers.consume((_, _) -> handled.add("decoded"));
        broker.advance(Duration.ofSeconds(10));
        assertThat(handled).isEmpty();
        assertThat(dead(posthorn, "numbers")).isEqualTo(1);
    }

    @OnEachBroker
    void whoeverHasTakenOutAMessageHasItStill(TestBroker broker, Posthorn posthorn) {
        Queue<String> queue = posthorn.queue("work", String.class);
        queue.enqueue("a");
        queue.enqueue("b");
        broker.faults().refusePublishes(1);
        try (var a = queue.dequeue().orElseThrow()) {
            assertThatThrownBy(() -> a.reject("no")).isInstanceOf(EventsException.Refused.class);
            a.reject("no");
        }
        broker.faults().refusePublishes(1);
        try (var b = queue.dequeue().orElseThrow()) {
            assertThatThrownBy(() -> b.retryAfter(Duration.ofHours(1))).isInstanceOf(EventsException.Refused.class);
        }
        broker.awaitIdle();
        assertThat(dead(posthorn, "work")).isEqualTo(1);
        assertThat(queue.dequeue(Duration.ofSeconds(30)).orElseThrow().value()).isEqualTo("b");
    }

    @OnEachBroker
    void aWorkerThatEndsMeanwhileGivesItBack(TestBroker broker, Posthorn posthorn) {
        Queue<String> queue = posthorn.queue("work", String.class);
        queue.enqueue("bad", Send.withKey("a"));
        var worker = queue.consume(
                refusing(broker, FOR_LONG), WorkOptions.oneAtATime().retry(Retry.never()));
        broker.awaitIdle();

        assertThat(worker.close(Duration.ofSeconds(30))).isTrue();
        broker.awaitIdle();
        broker.faults().end();
        assertThat(handled).containsExactly("bad");
        assertThat(queue.length()).isEqualTo(1);
    }
}

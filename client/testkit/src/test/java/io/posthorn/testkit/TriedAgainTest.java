package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.Handler;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Publish;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Retry;
import io.posthorn.events.Schedule;
import io.posthorn.events.Send;
import io.posthorn.events.Subscribe;
import io.posthorn.events.WorkOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What is tried again is what it was at the first attempt.
class TriedAgainTest {
    record Report(String name) {}

    private static final WorkOptions TWICE =
            WorkOptions.oneAtATime().retry(Retry.fixed(Duration.ofMinutes(1)).attempts(2));

    @OnEachBroker
    void anEventKeepsItsTopic(TestBroker broker, Posthorn posthorn) {
        List<String> topics = new CopyOnWriteArrayList<>();
        posthorn.bus().subscribe(Subscribe.toTopic("orders.#").durable("ledger").work(TWICE), (_, context) -> {
            topics.add(context.topic());
            throw new IllegalStateException("no ledger");
        });
        posthorn.bus().publish(new Report("sales"), Publish.to("orders.north"));
        broker.advance(Duration.ofHours(1));

        assertThat(topics).containsExactly("orders.north", "orders.north");
        var dead = posthorn.queue("posthorn.events.ledger.dead", byte[].class)
                .dequeue()
                .orElseThrow();
        assertThat(dead.envelope().headers())
                .containsEntry("x-first-topic", "orders.north")
                .containsEntry("x-first-queue", "posthorn.events.ledger");
        dead.ack();
    }

    @OnEachBroker
    void aMessageIsNoDuplicateOfItself(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("payments", String.class, QueueOptions.fifo().deduplicate(Duration.ofHours(1), 100));
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        Handler<String> handler = (_, delivery) -> {
            attempts.add(delivery.attempt());
            if (delivery.attempt() < 3) {
                throw new IllegalStateException("no bank");
            }
        };
        try (var _ = queue.consume(handler)) {
            queue.enqueue("pay", Send.withId("p-1"));
            broker.advance(Duration.ofMinutes(30));
            queue.enqueue("pay once more", Send.withId("p-1"));
            broker.advance(Duration.ofMinutes(20));
        }
        assertThat(attempts).containsExactly(1, 2, 3);
    }

    @OnEachBroker
    void aScheduleKeepsItsNameAndIsListedAndCancelledMeanwhile(TestBroker broker, Posthorn posthorn) {
        List<String> names = new CopyOnWriteArrayList<>();
        posthorn.bus()
                .subscribe(
                        Report.class,
                        (_, context) -> names.add(context.event().extensions().get("schedule")));
        posthorn.scheduler().every("nightly", Duration.ofHours(1), new Report("sales"));
        posthorn.scheduler().every("weekly", Duration.ofHours(1), new Report("stock"));

        broker.advance(Duration.ofMinutes(59));
        broker.faults().refusePublishes(1);
        broker.advance(Duration.ofMinutes(1));
        assertThat(posthorn.scheduler().schedules())
                .extracting(Schedule::name)
                .containsExactlyInAnyOrder("nightly", "weekly");
        broker.advance(Duration.ofMinutes(1));
        assertThat(names).containsExactlyInAnyOrder("nightly", "weekly");

        broker.advance(Duration.ofHours(1));
        assertThat(names).hasSize(4);
        broker.faults().refusePublishes(2);
        broker.advance(Duration.ofMinutes(59).plusMillis(500));
        assertThat(posthorn.scheduler().cancel("nightly")).isTrue();
        assertThat(posthorn.scheduler().cancel("weekly")).isTrue();
        names.clear();
        broker.advance(Duration.ofDays(1));
        assertThat(names).isEmpty();
    }
}

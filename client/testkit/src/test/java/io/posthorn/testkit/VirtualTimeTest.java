package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventsException;
import io.posthorn.events.Position;
import io.posthorn.events.Posthorn;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Retention;
import io.posthorn.events.Retry;
import io.posthorn.events.ScheduleOptions;
import io.posthorn.events.ScheduleOptions.Misfire;
import io.posthorn.events.Send;
import io.posthorn.events.Subscribe;
import io.posthorn.events.WorkOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;

/// Time moves when the test moves it, and everything that hangs on it follows.
class VirtualTimeTest {
    record Report(String name) {}

    @OnEachBroker
    void aDelayedMessageComesAfterItsTimeAndNoMomentBefore(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("rent", String.class);
        queue.enqueue("pay", Send.delayed(Duration.ofDays(30)));

        broker.advance(Duration.ofDays(30).minusMillis(1));
        assertThat(queue.length()).isZero();
        broker.advance(Duration.ofMillis(1));
        assertThat(queue.length()).isEqualTo(1);
    }

    @OnEachBroker
    void anExpiredMessageIsDead(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("offers", String.class, QueueOptions.fifo().expiry(Duration.ofHours(1)));
        var dead = posthorn.queue("offers.dead", String.class);
        queue.enqueue("cheap tea");

        broker.advance(Duration.ofMinutes(59));
        assertThat(dead.length()).isZero();
        broker.advance(Duration.ofMinutes(1));
        assertThat(dead.length()).isEqualTo(1);
        assertThat(queue.length()).isZero();
    }

    @OnEachBroker
    void attemptsComeAtTheTimesOfTheirPolicy(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("mail", String.class);
        var at = new CopyOnWriteArrayList<Duration>();
        Instant begin = broker.clock().instant();
        try (var _ = queue.consume(
                (_, _) -> {
                    at.add(Duration.between(begin, broker.clock().instant()));
                    throw new IllegalStateException("the mail server is down");
                },
                WorkOptions.oneAtATime()
                        .retry(Retry.exponential(Duration.ofSeconds(10))
                                .jitter(0)
                                .attempts(4)))) {
            queue.enqueue("hello");
            broker.advance(Duration.ofHours(1));

            assertThat(at)
                    .containsExactly(
                            Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(70));
            assertThat(posthorn.queue("mail.dead", String.class).length()).isEqualTo(1);
        }
    }

    @OnEachBroker
    void aMessageThatIsTriedAgainIsNotOvertakenByOthersOfItsKey(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("letters", String.class);
        List<String> done = new CopyOnWriteArrayList<>();
        var work = WorkOptions.oneAtATime()
                .concurrency(4)
                .orderedByKey()
                .retry(Retry.fixed(Duration.ofMinutes(1)).attempts(3));
        try (var _ = queue.consume(
                (letter, delivery) -> {
                    if (letter.equals("b1") || (letter.equals("a1") && delivery.attempt() < 3)) {
                        throw new IllegalStateException("attempt " + delivery.attempt());
                    }
                    done.add(letter);
                },
                work)) {
            for (String letter : List.of("a1", "a2", "b1", "b2", "c1")) {
                queue.enqueue(letter, Send.withKey(letter.substring(0, 1)));
            }
            broker.awaitIdle();
            assertThat(done).containsExactly("c1");
            broker.advance(Duration.ofMinutes(2));

            assertThat(done).hasSize(4).containsSubsequence("a1", "a2").contains("b2");
            var dead = posthorn.queue("letters.dead", String.class).dequeue().orElseThrow();
            assertThat(dead.value()).isEqualTo("b1");
            assertThat(dead.envelope().headers()).containsEntry("x-attempts", "3");
            dead.ack();
        }
    }

    @OnEachBroker
    void aWorkerThatEndsWhileAMessageWaitsForItsNextAttemptGivesItBack(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("letters", String.class);
        var work = WorkOptions.oneAtATime()
                .orderedByKey()
                .retry(Retry.fixed(Duration.ofHours(1)).attempts(3));
        var worker = queue.consume(
                (_, _) -> {
                    throw new IllegalStateException("not today");
                },
                work);
        queue.enqueue("a1", Send.withKey("a"));
        broker.awaitIdle();

        assertThat(worker.close(Duration.ofSeconds(30))).isTrue();
        broker.awaitIdle();
        assertThat(queue.length()).isEqualTo(1);
    }

    @OnEachBroker
    void aScheduleRunsAtEachOfItsTimes(TestBroker broker, Posthorn posthorn) {
        List<Instant> at = new CopyOnWriteArrayList<>();
        posthorn.bus()
                .subscribe(Report.class, (_, context) -> at.add(context.event().time()));
        posthorn.scheduler().cron("nightly", "0 2 * * *", ZoneId.of("Asia/Shanghai"), new Report("sales"));

        broker.advance(Duration.ofDays(3));

        assertThat(at)
                .containsExactly(
                        Instant.parse("2026-01-01T18:00:00Z"),
                        Instant.parse("2026-01-02T18:00:00Z"),
                        Instant.parse("2026-01-03T18:00:00Z"));
    }

    @OnEachBroker
    void timesThatPassedWhileNoProgramWasThereAreSkippedOrRunOnceOrEach(TestBroker broker, Posthorn posthorn) {
        for (Misfire each : Misfire.values()) {
            var options = ScheduleOptions.usual().misfire(each);
            posthorn.scheduler().every(each.name(), Duration.ofHours(1), new Report(each.name()), options);
        }
        posthorn.close();
        broker.advance(Duration.ofMinutes(210)); // at three of them somebody should have been there

        Posthorn next = broker.open();
        List<String> came = new CopyOnWriteArrayList<>();
        next.bus().subscribe(Report.class, (report, _) -> came.add(report.name()));
        assertThat(next.scheduler().schedules()).isNotNull(); // takes part
        broker.awaitIdle();
        assertThat(next.scheduler().schedules()).hasSize(3);
        assertThat(came).containsExactlyInAnyOrder("RUN_ONCE", "RUN_ALL", "RUN_ALL", "RUN_ALL");

        came.clear();
        broker.advance(Duration.ofHours(1));
        assertThat(came).containsExactlyInAnyOrder("SKIP", "RUN_ONCE", "RUN_ALL");
    }

    @OnEachBroker
    void aScheduleThatIsDueWhenItIsCancelledDoesNotGoOn(TestBroker broker, Posthorn posthorn) {
        posthorn.scheduler().every("due", Duration.ofHours(1), new Report("sales"));
        posthorn.scheduler().once("later", broker.clock().instant().plus(Duration.ofHours(2)), new Report("stock"));
        posthorn.close();
        broker.advance(Duration.ofHours(3));

        Posthorn next = broker.open();
        List<String> came = new CopyOnWriteArrayList<>();
        next.bus().subscribe(Report.class, (report, _) -> came.add(report.name()));
        var _ = next.scheduler().cancel("due");
        var _ = next.scheduler().cancel("later");
        broker.awaitIdle();
        came.clear(); // what was on its way when it was cancelled
        broker.advance(Duration.ofDays(1));

        assertThat(came).isEmpty();
        next.scheduler().once("later", broker.clock().instant().plus(Duration.ofHours(2)), new Report("stock"));
        broker.advance(Duration.ofDays(1));
        assertThat(came).containsExactly("stock");
    }

    @OnEachBroker
    void ofTwoProgramsThatWantDifferentTimesTheLastThatAskedHasThem(TestBroker broker, Posthorn posthorn) {
        List<String> came = new CopyOnWriteArrayList<>();
        posthorn.bus().subscribe(Report.class, (report, _) -> came.add(report.name()));
        posthorn.scheduler().every("report", Duration.ofHours(1), new Report("of each hour"));
        broker.advance(Duration.ofMinutes(1));
        broker.open().scheduler().every("report", Duration.ofHours(2), new Report("of two hours"));
        broker.advance(Duration.ofDays(1)); // each hears of the other
        came.clear();
        broker.advance(Duration.ofDays(1));

        assertThat(came).hasSize(12).containsOnly("of two hours");
        assertThat(posthorn.scheduler().schedules()).hasSize(1);
    }

    @OnEachBroker
    void whatFollowsFromAnEventHasHappenedWhenNothingGoesOn(TestBroker broker, Posthorn posthorn) {
        var second = posthorn.queue("second", Integer.class);
        var first = posthorn.queue("first", Integer.class);
        var done = new CopyOnWriteArrayList<Integer>();
        first.consume(
                (number, _) -> second.enqueue(number * 2),
                WorkOptions.oneAtATime().concurrency(4));
        second.consume((number, _) -> done.add(number));
        for (int number = 0; number < 50; number++) {
            first.enqueue(number);
        }
        broker.awaitIdle();

        assertThat(done).hasSize(50).contains(98);
    }

    @OnEachBroker
    void aHandlerThatHangsIsNamedAndAMessageInTheTestsHandsIsNot(TestBroker broker, Posthorn posthorn)
            throws Exception {
        var held = posthorn.queue("held", String.class);
        held.enqueue("x");
        var delivery = held.dequeue(Duration.ofSeconds(30)).orElseThrow();
        broker.awaitIdle();

        var release = new java.util.concurrent.CountDownLatch(1);
        var hanging = posthorn.queue("hanging", String.class);
        hanging.consume((_, _) -> release.await());
        hanging.enqueue("y");
        assertThatThrownBy(() -> broker.awaitIdle(Duration.ofMillis(50)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("queue 'hanging'");
        release.countDown();
        broker.awaitIdle();
        delivery.ack();
    }

    @OnEachBroker
    void aWaitForAMessageIsOverWhenTheTestHasMovedTheTime(TestBroker broker, Posthorn posthorn) throws Exception {
        var queue = posthorn.queue("quiet", String.class);
        var waiting = new FutureTask<>(() -> queue.dequeue(Duration.ofDays(1)));
        Thread.ofVirtual().start(waiting);
        while (!waiting.isDone()) {
            broker.advance(Duration.ofDays(1)); // perhaps it has not begun to wait
        }
        assertThat(waiting.get()).isEmpty();
    }

    @OnEachBroker
    void aRequestThatNobodyAnswersIsOverWhenTheTestHasMovedTheTime(TestBroker broker, Posthorn posthorn) {
        posthorn.bus().subscribe(Report.class, (_, _) -> {});
        var asking =
                new FutureTask<>(() -> posthorn.bus().request(new Report("sales"), String.class, Duration.ofDays(1)));
        Thread.ofVirtual().start(asking);
        while (!asking.isDone()) {
            broker.advance(Duration.ofDays(1));
        }
        assertThatThrownBy(asking::get).hasCauseInstanceOf(EventsException.NoAnswer.class);
    }

    @OnEachBroker
    void whatIsKeptIsHandledAgainFromATimeOn(TestBroker broker, Posthorn posthorn) {
        var kept = Subscribe.to(Report.class).durable("reports").keeping(Retention.age(Duration.ofDays(7)));
        posthorn.bus().subscribe(kept, (_, _) -> {}).close();
        Instant begin = broker.clock().instant();
        for (String name : List.of("one", "two", "three", "four")) {
            posthorn.bus().publish(new Report(name));
            broker.advance(Duration.ofHours(2));
        }
        for (int from = 0; from <= 4; from++) {
            Instant time = begin.plus(Duration.ofHours(2L * from - 1)); // between two of them
            List<String> seen = new CopyOnWriteArrayList<>();
            try (var _ =
                    posthorn.bus().subscribe(kept.from(Position.since(time)), (report, _) -> seen.add(report.name()))) {
                broker.awaitIdle();
            }
            assertThat(seen)
                    .containsExactlyElementsOf(
                            List.of("one", "two", "three", "four").subList(from, 4));
        }
    }

    @OnEachBroker(time = Setup.Time.REAL)
    void theMachinesTimeIsNobodysToMove(TestBroker broker) {
        assertThatThrownBy(() -> broker.advance(Duration.ofDays(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("virtual");
    }
}

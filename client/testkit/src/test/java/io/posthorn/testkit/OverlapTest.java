package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.EventHandler;
import io.posthorn.events.Posthorn;
import io.posthorn.events.ScheduleOptions;
import io.posthorn.events.ScheduleOptions.Overlap;
import io.posthorn.events.Subscribe;
import io.posthorn.events.WorkOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What becomes of a schedule's times while a handler still works on the one before. In the machine's time, as the
/// handlers take some of it.
class OverlapTest {
    record Tick() {}

    private static final int RUNS = 4;

    private final LinkedBlockingQueue<Run> done = new LinkedBlockingQueue<>();

    /// When a handler worked, and for which time.
    private record Run(Instant due, Instant begin, Instant end) {}

    /// Takes longer than two intervals.
    private final EventHandler<Tick> slow = (_, context) -> {
        Instant begin = Instant.now();
        LockSupport.parkUntil(begin.toEpochMilli() + 250);
        Instant due = Instant.parse(context.event().extensions().get("scheduledtime"));
        done.add(new Run(due, begin, Instant.now()));
    };

    private final Subscribe<Tick> wanted = Subscribe.to(Tick.class)
            .durable("slow")
            .work(WorkOptions.oneAtATime().concurrency(4));

    private List<Run> runs(Posthorn posthorn, Overlap policy) throws InterruptedException {
        var options = ScheduleOptions.usual().overlap(policy);
        posthorn.scheduler().every("tick", Duration.ofMillis(100), new Tick(), options);
        var runs = new ArrayList<Run>();
        for (int i = 0; i < RUNS; i++) {
            Run run = done.poll(30, TimeUnit.SECONDS);
            assertThat(run).isNotNull();
            runs.add(run);
        }
        posthorn.scheduler().every("tick", Duration.ofDays(10_000), new Tick()); // ends it
        runs.sort(Comparator.comparing(Run::begin));
        return runs;
    }

    private static void checkOneAfterTheOther(List<Run> runs) {
        for (int i = 1; i < runs.size(); i++) {
            assertThat(runs.get(i).begin()).isAfterOrEqualTo(runs.get(i - 1).end());
        }
    }

    @OnEachBroker(time = Setup.Time.REAL)
    void aTimeThatComesMeanwhileIsLeftOut(Posthorn posthorn) throws Exception {
        posthorn.bus().subscribe(wanted, slow);
        List<Run> runs = runs(posthorn, Overlap.SKIP);

        checkOneAfterTheOther(runs);
        for (int i = 1; i < runs.size(); i++) {
            assertThat(runs.get(i).due()).isAfterOrEqualTo(runs.get(i - 1).end().minusMillis(1));
        }
    }

    @OnEachBroker(time = Setup.Time.REAL)
    void oneTimeThatComesMeanwhileIsWorkedOnLater(Posthorn posthorn) throws Exception {
        posthorn.bus().subscribe(wanted, slow);
        List<Run> runs = runs(posthorn, Overlap.QUEUE_ONE);

        checkOneAfterTheOther(runs);
        for (int i = 1; i < runs.size(); i++) {
            // It came in the run before, and was the only one of those.
            assertThat(runs.get(i).due())
                    .isAfterOrEqualTo(runs.get(i - 1).begin().minusMillis(1));
        }
    }

    @OnEachBroker(time = Setup.Time.REAL)
    void programsThatShareASubscriptionDoNotOverlapEither(TestBroker broker, Posthorn posthorn) throws Exception {
        broker.open().bus().subscribe(wanted, slow);
        posthorn.bus().subscribe(wanted, slow);

        checkOneAfterTheOther(runs(posthorn, Overlap.SKIP));
    }

    @OnEachBroker(time = Setup.Time.REAL)
    void whereOverlappingIsAllowedHandlersMeet(Posthorn posthorn) throws Exception {
        var meeting = new CountDownLatch(2);
        posthorn.bus().subscribe(wanted, (_, _) -> {
            meeting.countDown();
            meeting.await();
        });
        posthorn.scheduler().every("tick", Duration.ofMillis(100), new Tick());

        assertThat(meeting.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @OnEachBroker
    void longNamesLeaveRoomForTheLock(TestBroker broker, Posthorn posthorn) {
        var handled = new CountDownLatch(1);
        posthorn.bus().subscribe(Subscribe.to(Tick.class).durable("s".repeat(180)), (_, _) -> handled.countDown());
        var options = ScheduleOptions.usual().overlap(Overlap.SKIP);
        Instant time = broker.clock().instant().plusSeconds(60);
        posthorn.scheduler().once("t".repeat(180), time, new Tick(), options);
        broker.advance(Duration.ofHours(1));

        assertThat(handled.getCount()).isZero();
    }
}

package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A schedule that is asked for again with another time or plan: whoever asked last has it.
class ReplacedSchedulesTest {
    record Report(String name) {}

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final List<String> came = new CopyOnWriteArrayList<>();
    private final List<Instant> times = new CopyOnWriteArrayList<>();

    private void listen(Posthorn posthorn) {
        posthorn.bus().subscribe(Report.class, (report, context) -> {
            came.add(report.name());
            times.add(Instant.parse(context.event().extensions().get("scheduledtime")));
        });
    }

    private static void remind(Posthorn posthorn, Instant time, String name) {
        posthorn.scheduler().once("reminder", time, new Report(name));
    }

    @OnEachBroker
    void whatIsToComeOnceIsMoved(TestBroker broker, Posthorn posthorn) {
        listen(posthorn);
        Instant now = broker.clock().instant();
        posthorn.scheduler().once("later", now.plus(HOUR), new Report("early"));
        posthorn.scheduler().once("later", now.plus(HOUR).plus(HOUR), new Report("late"));
        posthorn.scheduler().once("sooner", now.plus(HOUR).plus(HOUR), new Report("late"));
        posthorn.scheduler().once("sooner", now.plus(HOUR), new Report("early"));
        assertThat(posthorn.scheduler().schedules()).extracting(Schedule::name).containsExactly("sooner", "later");
        broker.advance(HOUR.multipliedBy(3));

        assertThat(came).containsExactly("early", "late");
        assertThat(times).containsExactly(now.plus(HOUR), now.plus(HOUR).plus(HOUR));
    }

    @OnEachBroker
    void whatWasMovedStaysSoWhenTheProgramStartsAnew(TestBroker broker, Posthorn posthorn) {
        Instant now = broker.clock().instant();
        remind(posthorn, now.plus(HOUR), "early");
        remind(posthorn, now.plus(HOUR).plus(HOUR), "late");
        posthorn.close();

        Posthorn next = broker.open();
        listen(next);
        assertThat(next.scheduler().schedules()).hasSize(1);
        broker.advance(HOUR.multipliedBy(3));
        assertThat(came).containsExactly("late");
    }

    @OnEachBroker
    void whatCouldNotBeMovedComesAtItsTime(TestBroker broker, Posthorn posthorn) {
        listen(posthorn);
        Instant now = broker.clock().instant();
        remind(posthorn, now.plus(HOUR), "early");
        broker.faults().refusePublishes(1);
        assertThatThrownBy(() -> remind(posthorn, now.plus(HOUR).plus(HOUR), "late"))
                .isInstanceOf(EventsException.Refused.class);
        broker.advance(HOUR.multipliedBy(3));

        assertThat(came).containsExactly("early");
    }

    @OnEachBroker
    void whatAnotherProgramMovedDoesNotComeBeforeWhereThatIsThere(TestBroker broker, Posthorn posthorn) {
        listen(posthorn);
        Instant now = broker.clock().instant();
        Posthorn other = broker.open();
        remind(other, now.plus(HOUR), "early");
        broker.advance(MINUTE);
        remind(posthorn, now.plus(HOUR).plus(HOUR), "late");
        other.close();
        broker.advance(HOUR.multipliedBy(3));

        assertThat(came).containsExactly("late");
    }

    @OnEachBroker
    void whatIsAskedForOnceAgainBehindAnothersPlanIsNotLost(TestBroker broker, Posthorn posthorn) {
        listen(posthorn);
        Instant time = broker.clock().instant().plus(HOUR);
        Posthorn other = broker.open();
        other.scheduler().once("report", time, new Report("once"));
        broker.advance(MINUTE);
        posthorn.scheduler().every("report", HOUR.multipliedBy(2), new Report("again and again"));
        broker.advance(MINUTE);
        other.scheduler().once("report", time, new Report("once"));
        other.close();
        broker.advance(Duration.ofDays(1));

        assertThat(came).containsExactly("once");
        assertThat(posthorn.scheduler().schedules()).isEmpty();
    }

    @OnEachBroker
    void whatManyAskForOnceComesOnce(TestBroker broker, Posthorn posthorn) {
        listen(posthorn);
        Instant time = broker.clock().instant().plus(HOUR);
        for (int i = 0; i < 3; i++) {
            Posthorn other = broker.open();
            other.scheduler().once("report", time, new Report("once"));
            other.scheduler().once("report", time, new Report("once"));
            broker.advance(MINUTE);
        }
        broker.advance(Duration.ofDays(1));

        assertThat(came).containsExactly("once");
        assertThat(times).containsExactly(time);
    }

    @OnEachBroker
    void whatIsClaimedIsTriedAgain(TestBroker broker, Posthorn posthorn) {
        listen(posthorn);
        posthorn.scheduler().once("report", broker.clock().instant().plus(HOUR), new Report("once"));
        broker.advance(HOUR.minus(MINUTE));
        broker.faults().loseAnswers(2);
        broker.advance(HOUR);

        assertThat(came).isNotEmpty().containsOnly("once");
        assertThat(posthorn.scheduler().schedules()).isEmpty();
    }
}

package io.posthorn.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What schedules promise, on whatever broker.
public abstract class ScheduleContract {
    public record Tick(String of) {}

    private final String name = "schedule-" + UUID.randomUUID();
    private final BlockingQueue<EventContext> ticks = new LinkedBlockingQueue<>();
    private Posthorn posthorn;
    private Scheduler scheduler;

    protected ScheduleContract() {}

    /// Of a broker that is there for this test.
    protected abstract String uri();

    @BeforeEach
    void open() {
        posthorn = Posthorn.open(uri());
        scheduler = posthorn.scheduler();
        posthorn.bus().subscribe(Tick.class, (tick, context) -> {
            if (tick.of().equals(name)) {
                ticks.add(context);
            }
        });
    }

    @AfterEach
    void close() {
        posthorn.close();
    }

    @Test
    void anEventComesOnceAtItsTime() throws Exception {
        Instant time = Instant.now().plusMillis(300);
        scheduler.once(name, time, new Tick(name));

        Event<?> event = take().event();
        assertThat(event.time()).isAfterOrEqualTo(time);
        assertThat(event.extensions()).containsEntry("scheduledtime", time.toString());
    }

    @Test
    void anEventComesAgainAndAgainAtMultiplesOfItsInterval() throws Exception {
        assumeThat(posthorn.capabilities()).contains(Capability.DEDUPLICATION);
        scheduler.every(name, Duration.ofMillis(200), new Tick(name));

        Instant last = Instant.EPOCH;
        for (int i = 0; i < 3; i++) {
            Instant due = Instant.parse(take().event().extensions().get("scheduledtime"));
            assertThat(due.toEpochMilli() % 200).isZero();
            assertThat(due).isAfter(last);
            last = due;
        }
        scheduler.every(name, Duration.ofDays(10_000), new Tick(name)); // ends the first
    }

    @Test
    void askedForTwiceItIsOneScheduleAndItsTimesAreUnlikeEachOther() throws Exception {
        assumeThat(posthorn.capabilities()).contains(Capability.DEDUPLICATION);
        for (int i = 0; i < 3; i++) {
            scheduler.every(name, Duration.ofMillis(250), new Tick(name));
        }
        Instant last = Instant.EPOCH;
        for (int i = 0; i < 4; i++) {
            Instant due = Instant.parse(take().event().extensions().get("scheduledtime"));
            assertThat(due).isAfter(last);
            last = due;
        }
        scheduler.every(name, Duration.ofDays(10_000), new Tick(name));
    }

    @Test
    void aScheduleIsListedAndCancelled() {
        assumeThat(posthorn.capabilities()).contains(Capability.SCHEDULES);
        Instant time = Instant.parse("2099-01-01T00:00:00Z");
        scheduler.once(name, time, new Tick(name));

        assertThat(scheduler.schedules()).anySatisfy(schedule -> {
            assertThat(schedule.name()).isEqualTo(name);
            assertThat(schedule.next()).isBetween(time, time.plus(Duration.ofHours(1)));
        });
        assertThat(scheduler.cancel(name)).isTrue();
        assertThat(scheduler.cancel(name)).isFalse();
        assertThat(scheduler.schedules()).extracting(Schedule::name).doesNotContain(name);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> scheduler.every(name, Duration.ZERO, new Tick(name)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> scheduler.once("", Instant.now(), new Tick(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a schedule has a name");
        assertThatThrownBy(() -> scheduler.once("x".repeat(216), Instant.now(), new Tick(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 181 bytes");
        assertThatThrownBy(() -> scheduler.every("", Duration.ofHours(1), new Tick(name)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cronNeedsItsModule() {
        assumeThat(ServiceLoader.load(Cron.class)).isEmpty();
        assertThatThrownBy(() -> scheduler.cron(name, "0 2 * * *", ZoneOffset.UTC, new Tick(name)))
                .isInstanceOf(EventsException.Unsupported.class)
                .hasMessageContaining("posthorn-client-cron");
    }

    private EventContext take() throws InterruptedException {
        EventContext tick = ticks.poll(30, TimeUnit.SECONDS);
        assertThat(tick).isNotNull();
        return tick;
    }
}

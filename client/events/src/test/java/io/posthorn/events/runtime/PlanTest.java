package io.posthorn.events.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.ScheduleOptions.Misfire;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private final Plan everyHour = new Plan.Every(Duration.ofHours(1));

    @Test
    void anIntervalIsOfWholeMultiplesSinceTheEpoch() {
        assertThat(everyHour.next(NOON)).contains(NOON.plus(Duration.ofHours(1)));
        assertThat(everyHour.next(NOON.minusMillis(1))).contains(NOON);
    }

    @Test
    void onceIsOver() {
        assertThat(new Plan.Once(NOON).next(NOON.minusMillis(1))).contains(NOON);
        assertThat(new Plan.Once(NOON).next(NOON)).isEmpty();
    }

    @Test
    void onceAtAnotherTimeIsAnotherPlan() {
        assertThat(new Plan.Once(NOON).wish()).isNotEqualTo(new Plan.Once(NOON.plus(MINUTE)).wish());
        assertThat(everyHour.wish()).isEqualTo(everyHour.toString());
    }

    @Test
    void whatWasMissedIsSkippedRunOnceOrRunForEachTime() {
        Instant late = NOON.plus(Duration.ofMinutes(190));

        assertThat(Plan.runs(Misfire.SKIP, MINUTE, NOON, late)).isFalse();
        assertThat(Plan.runs(Misfire.SKIP, MINUTE, NOON, NOON.plus(MINUTE))).isTrue();
        assertThat(Plan.runs(Misfire.RUN_ONCE, MINUTE, NOON, late)).isTrue();

        assertThat(everyHour.nextAfter(Misfire.SKIP, NOON, late)).contains(NOON.plus(Duration.ofHours(4)));
        assertThat(everyHour.nextAfter(Misfire.RUN_ONCE, NOON, late)).contains(NOON.plus(Duration.ofHours(4)));
        assertThat(everyHour.nextAfter(Misfire.RUN_ALL, NOON, late)).contains(NOON.plus(Duration.ofHours(1)));
    }

    @Test
    void aClockThatRunsBehindMakesNoTimeComeTwice() {
        assertThat(everyHour.nextAfter(Misfire.RUN_ONCE, NOON, NOON.minusMillis(5)))
                .contains(NOON.plus(Duration.ofHours(1)));
    }

    @Test
    void aPlanTravelsAsText() {
        assertThat(Plan.parse(everyHour.toString(), NOON, "here")).isEqualTo(everyHour);
        assertThat(Plan.parse("once", NOON, "here")).isEqualTo(new Plan.Once(NOON));
        assertThat(new Plan.Once(NOON)).hasToString("once");
        assertThatThrownBy(() -> Plan.parse("whenever", NOON, "here")).isInstanceOf(IllegalArgumentException.class);
    }
}

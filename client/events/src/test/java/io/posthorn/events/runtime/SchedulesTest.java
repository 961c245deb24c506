package io.posthorn.events.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SchedulesTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void whatWaitsInSeveralGoesIsNeverEarly() {
        for (int minutes = 0; minutes < 100 * 24 * 60; minutes += 10) {
            Instant due = NOON.plus(Duration.ofMinutes(minutes));
            Instant now = NOON.plus(Schedules.wait(NOON, due, false));
            while (Schedules.isHalfWay(now, due)) {
                now = now.plus(Schedules.wait(now, due, false));
            }
            assertThat(now).isBetween(due, due.plusMillis(1));
        }
    }

    @Test
    void aMonthIsTheLongestWhereNobodyCanLook() {
        Instant nextYear = NOON.plus(Duration.ofDays(365));

        assertThat(Schedules.wait(NOON, nextYear, false)).isLessThan(Duration.ofDays(30));
        assertThat(Schedules.wait(NOON, nextYear, true)).isBetween(Duration.ofDays(365), Duration.ofDays(366));
    }
}

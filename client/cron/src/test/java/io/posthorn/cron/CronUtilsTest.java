package io.posthorn.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.Cron;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class CronUtilsTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final Cron cron = ServiceLoader.load(Cron.class).findFirst().orElseThrow();

    @Test
    void fiveFieldsAreThoseOfCrontab() {
        assertThat(cron.next("30 2 * * *", BERLIN, NOON)).contains(Instant.parse("2026-11-22T01:30:00Z"));
        assertThat(cron.next("*/15 * * * *", BERLIN, NOON)).contains(Instant.parse("2026-11-21T12:15:00Z"));
        assertThat(cron.next("0 9 * * 1", BERLIN, NOON)).contains(Instant.parse("2026-11-23T08:00:00Z"));
    }

    @Test
    void sixFieldsBeginWithTheSecond() {
        assertThat(cron.next("10 0 0 1 * *", BERLIN, NOON)).contains(Instant.parse("2026-11-30T23:00:10Z"));
    }

    /// On 28 March 2027 clocks go from 02:00 to 03:00; on 31 October from 03:00 back to 02:00.
    @Test
    void aTimeThatADayDoesNotHaveIsLaterAndOneThatItHasTwiceComesOnce() {
        Instant night = Instant.parse("2027-03-27T12:00:00Z");
        Instant spring = cron.next("30 2 * * *", BERLIN, night).orElseThrow();
        assertThat(spring).isAfter(night).isBefore(Instant.parse("2027-03-29T01:00:00Z"));

        Instant autumn = cron.next("30 2 31 10 *", BERLIN, Instant.parse("2027-10-30T12:00:00Z"))
                .orElseThrow();
        assertThat(cron.next("30 2 31 10 *", BERLIN, autumn).orElseThrow())
                .isAfter(Instant.parse("2028-01-01T00:00:00Z"));
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> cron.next("61 * * * *", BERLIN, NOON)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cron.next("whenever", BERLIN, NOON)).isInstanceOf(IllegalArgumentException.class);
    }
}

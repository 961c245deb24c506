package io.posthorn.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// When messages were appended, told by few entries.
class AppendTimesTest {
    @Test
    void timesAreEarlyByAGrainAtMostAndNeverLate() {
        for (long seed = 0; seed < 500; seed++) {
            var random = new SplittableRandom(seed);
            long grain = random.nextLong(0, 20);
            var times = new AppendTimes();
            times.setGrain(grain, 0);
            var truth = new TreeMap<Long, Long>();
            long offset = random.nextLong(100);
            long now = 1_000;
            for (int i = 0; i < 200; i++) {
                if (times.isWorthAnEntry(offset, now)) {
                    times.add(offset, now);
                }
                int count = random.nextInt(1, 5);
                for (int j = 0; j < count; j++) {
                    truth.put(offset++, now);
                }
                now += random.nextInt(10);
                if (random.nextInt(10) == 0) {
                    long trim = random.nextLong(truth.firstKey(), truth.lastKey() + 1);
                    times.trimBefore(trim);
                    truth.headMap(trim).clear();
                }
                check(times, truth, grain, seed);
            }
        }
    }

    private static void check(AppendTimes times, NavigableMap<Long, Long> truth, long grain, long seed) {
        truth.forEach((offset, time) ->
                assertThat(times.timeOf(offset)).as("seed " + seed).isBetween(time - grain, time));
        long middle =
                truth.ceilingEntry((truth.firstKey() + truth.lastKey()) / 2).getValue();
        long first = times.firstAfter(middle);
        truth.forEach((offset, time) -> {
            if (offset >= first) {
                assertThat(time).as("seed " + seed).isGreaterThan(middle);
            } else {
                assertThat(time).as("seed " + seed).isLessThanOrEqualTo(middle + grain);
            }
        });
    }

    @Test
    void whatWasLostIsForgotten() {
        var times = new AppendTimes();
        times.add(0, 10);
        times.add(5, 20);
        times.add(5, 30);
        times.add(7, 40);
        assertThat(times.size()).isEqualTo(3);
        assertThat(times.timeOf(5)).isEqualTo(30);
    }

    @Test
    void aClockThatIsSetBackMakesNothingOlderThanWhatWasBefore() {
        var times = new AppendTimes();
        times.add(0, 100);
        times.add(5, 50);
        assertThat(times.timeOf(5)).isEqualTo(100);
    }
}

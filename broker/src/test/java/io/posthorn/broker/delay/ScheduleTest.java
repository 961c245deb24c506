package io.posthorn.broker.delay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final long NOW = 1_800_000_000_000L;

    @Test
    void aDueTimeLiesInItsSpanHoweverFarAway() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            long due = NOW + random.nextLong(-100_000, 1L << random.nextInt(1, 43));
            Span span = Span.of(due, NOW);
            assertThat(span.contains(due)).isTrue();
            assertThat(span.to() - span.from()).isLessThanOrEqualTo(Math.max(1L << 16, 2 * Math.max(0, due - NOW)));
            assertThat(Schedule.key(span.from(), due, Schedule.MOST_OFFSETS - 1))
                    .isNotNegative();
        }
    }

    /// As a bucket does it: publishes, takes what is due, and reads the log again when the schedule asks for it.
    @Test
    void everythingComesOnceAndInOrderHoweverLittleIsHeld() {
        for (int seed = 0; seed < 300; seed++) {
            var random = new SplittableRandom(seed);
            var span = Span.of(NOW + random.nextLong(1, 1 << 24), NOW);
            var world = new ScheduleWorld(span, random.nextInt(2, 40), random.nextInt(1, 60));
            if (random.nextBoolean()) {
                world.schedule.open();
            }
            for (int i = 0; i < 400; i++) {
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3, 4, 5 -> world.publish(random.nextLong(span.from() + world.passed, span.to()));
                    case 6 -> world.scan();
                    default -> world.take(random.nextInt(1, 20));
                }
            }
            world.takeAll();
            assertThat(world.waiting).as("seed %d", seed).isEmpty();
        }
    }

    /// A log with its schedule, and what a perfect one would do.
    private static final class ScheduleWorld {
        final Span span;
        final Schedule schedule;
        final int mostFound;
        final TreeSet<Long> waiting = new TreeSet<>();
        final List<Long> log = new ArrayList<>();
        long passed;

        ScheduleWorld(Span span, int mostRecent, int mostFound) {
            this.span = span;
            this.schedule = new Schedule(span, mostRecent);
            this.mostFound = mostFound;
        }

        void publish(long due) {
            waiting.add(schedule.key(due, log.size()));
            schedule.add(due, log.size());
            log.add(due);
            schedule.limit();
        }

        void scan() {
            if (schedule.isComplete()) {
                return;
            }
            long from = schedule.horizon();
            schedule.open();
            long[] behind =
                    waiting.tailSet(from).stream().mapToLong(each -> each).toArray();
            int kept = Math.min(mostFound, behind.length);
            schedule.found(java.util.Arrays.copyOf(behind, kept), kept < behind.length ? behind[kept] : Schedule.NONE);
        }

        void take(int most) {
            for (int i = 0; i < most && !waiting.isEmpty(); i++) {
                if (schedule.peek() == Schedule.NONE) {
                    scan();
                }
                long key = schedule.poll();
                assertThat(key).isEqualTo(waiting.removeFirst());
                assertThat(schedule.dueOf(key)).isEqualTo(log.get((int) Schedule.offsetOf(key)));
                passed = Math.max(passed, schedule.dueOf(key) - span.from());
            }
        }

        void takeAll() {
            take(Integer.MAX_VALUE);
        }
    }
}

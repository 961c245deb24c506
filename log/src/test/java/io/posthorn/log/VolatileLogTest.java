package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.log.MemoryFaults.Outcome;
import io.posthorn.log.SegmentStore.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class VolatileLogTest {
    private static final LogId EVENTS = new LogId(1);

    private static final long BUDGET = 256 << 10;

    private final World world = new World();

    private static String value(int i) {
        return "value " + i + " " + "x".repeat(1_000);
    }

    @Test
    void beyondTheBudgetALogSpillsAndReadsAsBefore() {
        JournaledStorage storage = world.open();
        Log log = storage.openVolatile(EVENTS);
        var expected = new ArrayList<String>();
        for (int i = 0; i < 2_000; i++) {
            expected.add(i + "=" + value(i));
            log.append(Batches.of(value(i)), false);
        }

        assertThat(storage.health().tailBytes()).isLessThan(3 * World.SMALL.volatileBudget());
        assertThat(world.count(Kind.SPILL)).isPositive();
        assertThat(log.readTail(1_000, 1)).isNull();
        assertThat(Batches.readAll(log, 0)).isEqualTo(expected);

        log.trimBefore(2_000);
        assertThat(Batches.readAll(log, 2_000)).isEmpty();
        assertThat(world.count(Kind.SPILL)).isLessThanOrEqualTo(1);
    }

    private static JournaledStorage withBudget() {
        StorageOptions small = World.SMALL;
        return new World(new StorageOptions(
                        small.journalCapacity(),
                        small.firstJournalCapacity(),
                        small.maxJournalSegments(),
                        small.dataCapacity(),
                        small.tailBudget(),
                        BUDGET,
                        0))
                .open();
    }

    @Test
    void oneLargeMessageKeepsNoOtherLogFromSpilling() {
        JournaledStorage storage = withBudget();
        Log large = storage.openVolatile(EVENTS);
        large.append(Batches.of("x".repeat(200 << 10)), false);
        for (int log = 2; log <= 6; log++) {
            for (int i = 0; i < 150; i++) {
                storage.openVolatile(new LogId(log)).append(Batches.of(value(i)), false);
            }
            assertThat(storage.health().tailBytes()).isLessThanOrEqualTo(BUDGET);
        }
        assertThat(Batches.readAll(large, 0)).hasSize(1);
        assertThat(Batches.readAll(storage.openVolatile(new LogId(2)), 0)).hasSize(150);
    }

    @Test
    void manySmallLogsSpillTheirHeadsToo() {
        JournaledStorage storage = withBudget();
        for (int log = 1; log <= 50; log++) {
            for (int i = 0; i < 30; i++) {
                storage.openVolatile(new LogId(log)).append(Batches.of(value(i)), false);
            }
            assertThat(storage.health().tailBytes()).isLessThanOrEqualTo(BUDGET);
        }
        assertThat(Batches.readAll(storage.openVolatile(EVENTS), 0)).hasSize(30);
    }

    @Test
    void whatWasSpilledIsGoneAfterARestart() {
        JournaledStorage storage = world.open();
        Log log = storage.openVolatile(EVENTS);
        for (int i = 0; i < 2_000; i++) {
            log.append(Batches.of(value(i)), false);
        }

        world.open();

        assertThat(world.count(Kind.SPILL)).isZero();
    }

    @Test
    void aDiskThatTakesNothingStopsPublishersAndLosesNothing() {
        JournaledStorage storage = world.open();
        Log log = storage.openVolatile(EVENTS);
        world.faults.crashAt(1, Outcome.LOST);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        log.append(Batches.of(value(i)), false);
                    }
                })
                .isInstanceOf(LogException.StorageFull.class);
        assertThat(Batches.readAll(log, 0)).hasSize((int) log.bounds().end());
    }

    @Property(tries = 50, seed = "1")
    void logsReadAsAModelSays(@ForAll long seed) {
        var random = new Random(seed);
        JournaledStorage storage = new World().open();
        var values = List.of(new ArrayList<String>(), new ArrayList<String>());
        for (int i = 0; i < 600; i++) {
            int which = random.nextInt(2);
            Log log = storage.openVolatile(new LogId(1 + which));
            if (random.nextInt(5) > 0) {
                String value = value(i) + "x".repeat(random.nextInt(2_000));
                values.get(which).add(log.append(Batches.of(value), false) + "=" + value);
            } else {
                log.trimBefore(log.bounds().start() + random.nextInt(20));
            }
        }
        for (int which = 0; which < 2; which++) {
            Log log = storage.openVolatile(new LogId(1 + which));
            int start = (int) log.bounds().start();
            assertThat(Batches.readAll(log, start))
                    .isEqualTo(
                            values.get(which).subList(start, values.get(which).size()));
        }
    }
}

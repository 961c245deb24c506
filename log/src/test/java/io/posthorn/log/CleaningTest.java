package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CleaningTest {
    private static final LogId STATES = new LogId(1);
    private static final LogId ORDERS = new LogId(2);

    private final World world = new World();

    /// Batches of two values: of a key, and of one that nothing else has.
    private static void fill(Log log, int batches) {
        for (int i = 0; i < batches; i++) {
            log.append(
                    Batches.of("old " + "x".repeat(80), "kept " + log.bounds().end()), true);
        }
    }

    private static long clean(LogStorage storage, LogId id, long to, BatchFilter filter) {
        return storage.clean(id, to, filter).toCompletableFuture().join();
    }

    private static BatchFilter withoutOld() {
        return Batches.keeping(value -> !value.startsWith("old"));
    }

    private static List<String> kept(Log log, long from) {
        return Batches.readAll(log, from).stream()
                .filter(value -> value.contains("=kept"))
                .toList();
    }

    @Test
    void whatIsCleanedLosesRecordsAndKeepsItsOffsets() {
        JournaledStorage storage = world.open();
        Log states = storage.open(STATES);
        Log orders = storage.open(ORDERS);
        for (int i = 0; i < 20; i++) {
            fill(states, 50);
            fill(orders, 10);
        }
        long end = states.closedEnd();
        List<String> kept = kept(states, 0);
        List<String> ordered = Batches.readAll(orders, 0);
        long before = states.closedBytes(0);

        assertThat(clean(storage, STATES, Long.MAX_VALUE, withoutOld())).isEqualTo(end);

        assertThat(end).isPositive();
        assertThat(states.bounds()).isEqualTo(new LogBounds(0, 2_000));
        assertThat(kept(states, 0)).isEqualTo(kept);
        assertThat(Batches.readAll(states, 0)).hasSize((int) (end / 2 + 2_000 - end));
        assertThat(Batches.readAll(orders, 0)).isEqualTo(ordered);
        assertThat(states.closedBytes(0)).isLessThan(before * 3 / 4);

        storage = world.open();
        assertThat(kept(storage.open(STATES), 0)).isEqualTo(kept);
        assertThat(storage.open(STATES).bounds()).isEqualTo(new LogBounds(0, 2_000));
    }

    @Test
    void everyOffsetOfAGapIsAnsweredWithWhatFollows() {
        JournaledStorage storage = world.open();
        Log states = storage.open(STATES);
        fill(states, 1_000);
        long end = states.closedEnd();

        clean(storage, STATES, end, batch -> batch.baseOffset() % 100 == 0 ? batch : null);

        for (long offset = 0; offset < end; offset++) {
            try (LogSlice slice = states.read(offset, 1)) {
                assertThat(slice.batches().getFirst().lastOffset()).isGreaterThanOrEqualTo(offset);
                assertThat(slice.batches().getFirst().baseOffset()).isLessThanOrEqualTo((offset / 100 + 1) * 100);
            }
        }
    }

    @Test
    void aLogOfWhichNothingIsLeftStillHasItsEnd() {
        JournaledStorage storage = world.open();
        Log states = storage.open(STATES);
        fill(states, 1_000);
        long end = states.closedEnd();

        clean(storage, STATES, end, _ -> null);
        clean(storage, STATES, end, _ -> null);

        assertThat(Batches.readAll(states, 0)).hasSize((int) (2_000 - end));
        try (LogSlice slice = states.read(0, 1)) {
            RecordBatch last = slice.batches().getFirst();
            assertThat(last.count()).isZero();
            assertThat(last.checksumIsValid()).isTrue();
        }
        assertThat(world.open().open(STATES).bounds()).isEqualTo(new LogBounds(0, 2_000));
    }

    @Test
    void onlyWhatIsBeforeTheGivenOffsetIsAskedFor() {
        JournaledStorage storage = world.open();
        Log states = storage.open(STATES);
        fill(states, 1_000);
        var asked = new ArrayList<Long>();

        assertThat(clean(storage, STATES, 101, batch -> {
                    asked.add(batch.lastOffset());
                    return batch;
                }))
                .isEqualTo(101);

        assertThat(asked).isNotEmpty().allMatch(offset -> offset < 101);
    }

    @Test
    void aFilterThatFailsLeavesEverythingAsItWas() {
        JournaledStorage storage = world.open();
        Log states = storage.open(STATES);
        fill(states, 1_000);
        List<String> before = Batches.readAll(states, 0);
        var failure = new IllegalArgumentException("unreadable");

        assertThatThrownBy(() -> clean(storage, STATES, Long.MAX_VALUE, _ -> {
                    throw failure;
                }))
                .hasCause(failure);

        assertThat(Batches.readAll(states, 0)).isEqualTo(before);
        assertThat(clean(storage, STATES, Long.MAX_VALUE, withoutOld())).isPositive();
    }

    @Test
    void damagedRecordsAreNotCleanedAway() {
        JournaledStorage storage = world.open();
        Log states = storage.open(STATES);
        fill(states, 1_000);
        SegmentStore.SegmentId data = world.newest(SegmentStore.Kind.DATA);
        world.store.damage(data, world.store.addresses(data).getFirst() + 60);

        assertThatThrownBy(() -> clean(storage, STATES, Long.MAX_VALUE, withoutOld()))
                .hasCauseInstanceOf(LogException.Damaged.class);
        assertThat(storage.health().damagedRanges()).isPositive();
    }

    @Test
    void aReaderKeepsWhatItHasRead() {
        JournaledStorage storage = world.open();
        Log states = storage.open(STATES);
        fill(states, 1_000);

        try (LogSlice slice = states.read(0, 4_096)) {
            List<RecordBatch> batches = slice.batches();
            clean(storage, STATES, Long.MAX_VALUE, withoutOld());

            assertThat(batches).allMatch(RecordBatch::checksumIsValid).allMatch(batch -> batch.count() == 2);
        }
    }

    @Test
    void aClosedStorageCleansNothingAndSaysSo() {
        JournaledStorage storage = world.open();
        fill(storage.open(STATES), 1_000);
        storage.close();

        assertThat(storage.clean(STATES, Long.MAX_VALUE, withoutOld()))
                .isInstanceOf(CompletableFuture.class)
                .satisfies(result -> assertThat(((CompletableFuture<?>) result).isCompletedExceptionally())
                        .isTrue());
    }
}

package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RollOverTest {
    private static final LogId ORDERS = new LogId(1);
    private static final LogId INVOICES = new LogId(2);

    private final World world = new World();

    private static List<String> fill(Log log, int batches) {
        var expected = new ArrayList<String>();
        for (int i = 0; i < batches; i++) {
            String value = "value " + i + " " + "x".repeat(100);
            long offset = log.append(Batches.of(value), true);
            expected.add(offset + "=" + value);
        }
        return expected;
    }

    @Test
    void whatIsLiveMovesToDataAndStaysReadable() {
        JournaledStorage storage = world.open();
        List<String> expected = fill(storage.open(ORDERS), 1_000);

        assertThat(world.count(SegmentStore.Kind.DATA)).isPositive();
        assertThat(world.count(SegmentStore.Kind.JOURNAL)).isLessThanOrEqualTo(4);
        assertThat(Batches.readAll(storage.open(ORDERS), 0)).isEqualTo(expected);
        assertThat(Batches.readAll(storage.open(ORDERS), 500)).isEqualTo(expected.subList(500, 1_000));

        storage = world.open();

        assertThat(Batches.readAll(storage.open(ORDERS), 0)).isEqualTo(expected);
        assertThat(storage.health().recoveredFrom()).isPositive();
    }

    @Test
    void aLittleIsClosedWhenSomebodyCannotWait() {
        var large = new World(StorageOptions.inMemory());
        JournaledStorage storage = large.open();
        Log orders = storage.open(ORDERS);
        List<String> expected = fill(orders, 10);
        assertThat(orders.closedEnd()).isZero();

        storage.closeSoon();
        assertThat(orders.closedEnd()).isEqualTo(10);
        expected.addAll(fill(orders, 10));
        assertThat(orders.closedEnd()).isEqualTo(10);
        storage.closeSoon();
        storage.closeSoon();

        assertThat(orders.closedEnd()).isEqualTo(20);
        assertThat(Batches.readAll(orders, 0)).isEqualTo(expected);
        assertThat(large.count(SegmentStore.Kind.JOURNAL)).isLessThanOrEqualTo(3);
        assertThat(Batches.readAll(large.open().open(ORDERS), 0)).isEqualTo(expected);
    }

    @Test
    void whatWasSettledNeverLeavesTheJournal() {
        JournaledStorage storage = world.open();
        Log log = storage.open(ORDERS);
        for (int i = 0; i < 1_000; i++) {
            log.trimBefore(log.append(Batches.of("x".repeat(100)), true) + 1);
        }

        storage.journal().requestSync();

        assertThat(world.count(SegmentStore.Kind.DATA)).isZero();
        assertThat(world.count(SegmentStore.Kind.JOURNAL)).isLessThanOrEqualTo(4);
        assertThat(world.open().open(ORDERS).bounds()).isEqualTo(new LogBounds(1_000, 1_000));
    }

    @Test
    void deadDataIsDeletedAndSparseDataIsMerged() {
        JournaledStorage storage = world.open();
        Log orders = storage.open(ORDERS);
        Log invoices = storage.open(INVOICES);
        var kept = new ArrayList<String>();
        for (int i = 0; i < 60; i++) {
            fill(orders, 50);
            kept.addAll(fill(invoices, 2));
        }
        long before = storage.health().dataBytes();

        orders.trimBefore(orders.bounds().end());
        fill(orders, 400);
        orders.trimBefore(orders.bounds().end());
        fill(orders, 400);

        assertThat(storage.health().dataBytes()).isLessThan(before / 4);
        assertThat(Batches.readAll(invoices, 0)).isEqualTo(kept);
        assertThat(Batches.readAll(world.open().open(INVOICES), 0)).isEqualTo(kept);
    }

    @Test
    void droppedLogsAreForgottenWithTheirData() {
        JournaledStorage storage = world.open();
        fill(storage.open(ORDERS), 1_000);
        storage.drop(ORDERS);
        fill(storage.open(INVOICES), 500);
        storage.open(INVOICES).trimBefore(500);
        fill(storage.open(INVOICES), 500);

        storage = world.open();

        assertThat(storage.open(ORDERS).bounds()).isEqualTo(new LogBounds(0, 0));
        assertThat(storage.sweep(id -> id.equals(INVOICES))).isZero();
        assertThat(Batches.readAll(storage.open(INVOICES), 500)).hasSize(500);
    }

    @Test
    void aBatchToManyLogsIsCopiedForEachThatStillHasIt() {
        JournaledStorage storage = world.open();
        Log orders = storage.open(ORDERS);
        Log invoices = storage.open(INVOICES);
        for (int i = 0; i < 500; i++) {
            storage.appendAll(List.of(orders, invoices), Batches.of("both " + i + "x".repeat(50)), true);
            if (i % 2 == 0) {
                orders.trimBefore(orders.bounds().end());
            }
        }

        storage = world.open();

        assertThat(Batches.readAll(storage.open(INVOICES), 0))
                .hasSize(500)
                .element(499)
                .asString()
                .startsWith("499=both 499");
        assertThat(storage.open(ORDERS).bounds()).isEqualTo(new LogBounds(499, 500));
    }

    @Test
    void aDamagedIndexOfDataIsMadeAnew() {
        JournaledStorage storage = world.open();
        List<String> expected = fill(storage.open(ORDERS), 1_000);
        storage.close();
        SegmentStore.SegmentId data = world.newest(SegmentStore.Kind.DATA);
        world.store.damage(data, world.store.addresses(data).getLast() + 30);

        storage = world.open();

        assertThat(Batches.readAll(storage.open(ORDERS), 0)).isEqualTo(expected);
        assertThat(storage.health().damagedRanges()).isEqualTo(1);
    }

    @Test
    void damagedDataIsRefusedAndTheRestServed() {
        JournaledStorage storage = world.open();
        List<String> expected = fill(storage.open(ORDERS), 1_000);
        SegmentStore.SegmentId data = world.newest(SegmentStore.Kind.DATA);
        world.store.damage(data, world.store.addresses(data).getFirst() + 60);

        var found = new ArrayList<String>();
        int refused = 0;
        Log log = storage.open(ORDERS);
        for (long next = 0; next < 1_000; ) {
            try (LogSlice slice = log.read(next, 4096)) {
                for (RecordBatch batch : slice.batches()) {
                    found.addAll(Batches.values(batch, next));
                    next = batch.lastOffset() + 1;
                }
            } catch (LogException.Damaged e) {
                refused++;
                assertThat(e.nextOffset()).isGreaterThan(next);
                next = e.nextOffset();
            }
        }

        assertThat(refused).isPositive();
        assertThat(found).hasSizeGreaterThan(700).isSubsetOf(expected);
        assertThat(storage.health().damagedRanges()).isPositive();
    }

    @Test
    void whatDiesTogetherLiesTogether() {
        JournaledStorage storage = world.open();
        Log orders = storage.open(ORDERS);
        Log invoices = storage.open(INVOICES);
        orders.keepAs(RetentionClass.SHORT);
        invoices.keepAs(RetentionClass.COMPACTED);
        for (int i = 0; i < 60; i++) {
            fill(orders, 5);
            fill(invoices, 5);
        }
        long closed = orders.closedBytes(0);

        storage.drop(ORDERS);

        assertThat(closed).isPositive();
        assertThat(invoices.closedBytes(0))
                .isPositive()
                .isEqualTo(storage.health().dataBytes());
    }

    @Test
    void aKeptLogThatIsTrimmedFreesItsSegmentsAtOnce() {
        JournaledStorage storage = world.open();
        Log orders = storage.open(ORDERS);
        orders.keepAs(RetentionClass.LONG);
        fill(storage.open(INVOICES), 2_000);
        fill(orders, 1_000);
        long before = storage.health().dataBytes();
        long half = orders.closedEnd() / 2;
        long closed = orders.closedBytes(0) - orders.closedBytes(half);

        orders.trimBefore(half);

        assertThat(storage.health().dataBytes()).isLessThan(before - closed * 3 / 4);
    }

    @Test
    void oneReadGoesOverManyEntries() {
        var large = new World(StorageOptions.inMemory().withTailBudget(0));
        JournaledStorage storage = large.open();
        Log orders = storage.open(ORDERS);
        String value = "x".repeat(20_000);
        for (int i = 0; i < 3_000; i++) {
            orders.append(Batches.of(value), true);
        }

        assertThat(orders.closedEnd()).isBetween(1L, 2_900L);
        for (long from : new long[] {0, orders.closedEnd()}) {
            try (LogSlice slice = orders.read(from, 5 << 20)) {
                long bytes = slice.batches().stream()
                        .mapToLong(RecordBatch::sizeInBytes)
                        .sum();
                assertThat(bytes).isBetween(3L << 20, 5L << 20);
                assertThat(slice.batches().getFirst().baseOffset()).isEqualTo(from);
                assertThat(slice.batches().getLast().baseOffset())
                        .isEqualTo(from + slice.batches().size() - 1);
            }
        }
    }
}

package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.log.MemoryFaults.Outcome;
import io.posthorn.log.SegmentStore.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StorageFailureTest {
    private static final LogId ORDERS = new LogId(1);

    private final World world = new World();
    private final SignalRecorder signals = new SignalRecorder();

    private JournaledStorage open() {
        return world.open(new EventRecorder(), signals);
    }

    @ParameterizedTest
    @EnumSource
    void afterAFailedWriteNothingIsAppendedOrConfirmed(Outcome outcome) {
        JournaledStorage storage = open();
        Log log = storage.open(ORDERS);
        log.append(Batches.of("a"), true);
        long confirmed = storage.journal().durableEnd();
        world.faults.crashAt(1, outcome);

        log.append(Batches.of("b"), true);

        assertThat(signals.failure()).isNotNull();
        assertThat(storage.journal().durableEnd()).isEqualTo(confirmed);
        assertThatThrownBy(() -> log.append(Batches.of("c"), true)).isInstanceOf(LogException.Poisoned.class);
        assertThatThrownBy(() -> log.trimBefore(1)).isInstanceOf(LogException.Poisoned.class);
        assertThatThrownBy(() -> storage.drop(ORDERS)).isInstanceOf(LogException.Poisoned.class);
        assertThatThrownBy(() -> storage.journal().append(1, Bytes.EMPTY, true))
                .isInstanceOf(LogException.Poisoned.class);
        assertThat(log.bounds()).isEqualTo(new LogBounds(0, 2));
        storage.close();

        world.faults.restart();
        JournaledStorage restarted = open();
        assertThat(Batches.readAll(restarted.open(ORDERS), 0))
                .isEqualTo(outcome == Outcome.APPLIED ? List.of("0=a", "1=b") : List.of("0=a"));
        assertThat(restarted.health().cleanlyClosed()).isFalse();
    }

    @Test
    void aTornLastEntryIsCutOffAndCounted() {
        JournaledStorage storage = open();
        storage.open(ORDERS).append(Batches.of("a"), true);
        storage.open(ORDERS).append(Batches.of("b"), true);
        world.store.tear(world.newest(Kind.JOURNAL));

        storage = open();

        assertThat(Batches.readAll(storage.open(ORDERS), 0)).containsExactly("0=a");
        assertThat(storage.health().tornBytes()).isPositive();
        assertThat(storage.health().damagedRanges()).isZero();
        assertThat(storage.open(ORDERS).append(Batches.of("c"), true)).isEqualTo(1);
    }

    @Test
    void whatWasAppendedTogetherIsTornOffTogether() {
        JournaledStorage storage = open();
        Log orders = storage.open(ORDERS);
        Log others = storage.open(new LogId(2));
        orders.append(Batches.of("a"), true);
        // Larger than a slab, so that the next one begins in the middle for everything that is not kept together.
        String large = "x".repeat(2_000);
        orders.append(Batches.of(large), false);
        storage.appendTogether(
                List.of(
                        new Append.Batch(List.of(orders), Batches.of(large)),
                        new Append.Event(1, Bytes.utf8("settled")),
                        new Append.Batch(List.of(orders, others), Batches.of(large)),
                        new Append.Batch(List.of(others), Batches.of("last"))),
                true);
        SegmentStore.SegmentId journal = world.newest(Kind.JOURNAL);
        world.store.tear(journal);

        var events = new EventRecorder();
        storage = world.open(events, signals);

        assertThat(events.events()).isEmpty();
        assertThat(Batches.readAll(storage.open(ORDERS), 0)).first().isEqualTo("0=a");
        assertThat(storage.open(ORDERS).bounds().end()).isLessThanOrEqualTo(2);
        assertThat(storage.open(new LogId(2)).bounds()).isEqualTo(new LogBounds(0, 0));
        assertThat(storage.health().damagedRanges()).isZero();
    }

    @Test
    void whatIsAppendedAtomicallyOverSeveralSlabsIsTornOffWhole() {
        JournaledStorage first = open();
        Log orders = first.open(ORDERS);
        orders.append(Batches.of("a"), true);
        String large = "x".repeat(1_500);
        first.atomically(false, () -> {
            for (int i = 0; i < 4; i++) {
                orders.append(Batches.of(large), true);
                first.journal().append(1, Bytes.utf8("event"), true);
            }
        });
        assertThat(first.journal().durableEnd()).isEqualTo(first.journal().end());
        world.store.tear(world.newest(Kind.JOURNAL));

        var events = new EventRecorder();
        JournaledStorage storage = world.open(events, signals);

        assertThat(events.events()).isEmpty();
        assertThat(Batches.readAll(storage.open(ORDERS), 0)).containsExactly("0=a");
    }

    @Test
    void moreThanTheJournalTakesAtOnceIsRefusedAndChangesNothing() {
        JournaledStorage storage = open();
        Log orders = storage.open(ORDERS);
        long end = storage.journal().end();
        RecordBatch half = Batches.of("x".repeat((int) world.options.journalCapacity() / 3));

        assertThatThrownBy(() -> storage.appendTogether(
                        List.of(new Append.Batch(List.of(orders), half), new Append.Batch(List.of(orders), half)),
                        true))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(storage.journal().end()).isEqualTo(end);
        assertThat(orders.bounds()).isEqualTo(new LogBounds(0, 0));
    }

    @Test
    void damageInTheMiddleIsReportedAndTheRestServed() {
        JournaledStorage storage = open();
        for (String value : List.of("a", "b", "c")) {
            storage.open(ORDERS).append(Batches.of(value), true);
        }
        SegmentStore.SegmentId journal = world.newest(Kind.JOURNAL);
        List<Long> addresses = world.store.addresses(journal);
        world.store.damage(journal, addresses.get(addresses.size() - 2) + 40);

        storage = open();

        assertThat(Batches.readAll(storage.open(ORDERS), 0)).containsExactly("0=a", "2=c");
        assertThat(storage.health().damagedRanges()).isEqualTo(1);
        assertThat(storage.open(ORDERS).append(Batches.of("d"), true)).isEqualTo(3);
    }

    @Test
    void whatWasReadBackAfterAnUncleanStopIsWrittenAgain() {
        JournaledStorage storage = open();
        storage.open(ORDERS).append(Batches.of("a"), true);
        SegmentStore.SegmentId doubtful = world.newest(Kind.JOURNAL);

        JournaledStorage.open(world.store, world.meta, World.SMALL, StorageThreads.direct(), new EventRecorder());

        assertThat(world.newest(Kind.JOURNAL)).isNotEqualTo(doubtful);
        world.store.tear(doubtful);
        assertThat(Batches.readAll(open().open(ORDERS), 0)).containsExactly("0=a");
    }

    @Test
    void aZombieIsFencedByANewerOwner() {
        JournaledStorage zombie = open();
        zombie.open(ORDERS).append(Batches.of("a"), true);
        long confirmed = zombie.journal().durableEnd();
        JournaledStorage owner = world.open();

        zombie.open(ORDERS).append(Batches.of("zombie"), true);

        assertThat(zombie.journal().durableEnd()).isEqualTo(confirmed);
        assertThat(signals.failure()).hasCauseInstanceOf(LogException.Fenced.class);
        zombie.close();
        owner.open(ORDERS).append(Batches.of("b"), true);
        assertThat(Batches.readAll(owner.open(ORDERS), 0)).containsExactly("0=a", "1=b");
        assertThat(Batches.readAll(world.open().open(ORDERS), 0)).containsExactly("0=a", "1=b");
    }

    @Test
    void publishersAreStoppedBeforeTheDeviceIsFullAndGoOnWhenThereIsRoom() {
        var small = new World(World.SMALL.withLowWaterMark(40 << 10));
        small.store.limitTo(400 << 10);
        JournaledStorage storage = small.open(new EventRecorder(), signals);
        Log log = storage.open(ORDERS);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        log.append(Batches.of("x".repeat(500)), true);
                    }
                })
                .isInstanceOf(LogException.StorageFull.class);
        assertThat(signals.spaceLowSignals()).startsWith(true).endsWith(true);
        assertThat(storage.health().spaceLow()).isTrue();

        storage.journal().append(1, Bytes.utf8("settled"), true);
        log.trimBefore(log.bounds().end());
        storage.journal().requestSync();
        for (int i = 0; i < 40; i++) {
            storage.journal().append(1, Bytes.utf8("settled" + "x".repeat(500)), true);
            assertThat(storage.health()).isNotNull();
        }

        assertThat(signals.spaceLowSignals()).endsWith(false);
        log.append(Batches.of("again"), true);
        assertThat(storage.journal().durableEnd()).isEqualTo(storage.journal().end());
        assertThat(signals.failure()).isNull();
    }

    @Test
    void aDiskWithoutRoomForAFactStopsPublishersAndEndsNothing() {
        JournaledStorage storage = open();
        Log log = storage.open(ORDERS);
        log.append(Batches.of("kept"), true);
        long segments = world.count(Kind.JOURNAL);
        world.meta.setFull(true);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        log.append(Batches.of("x".repeat(500)), true);
                    }
                })
                .isInstanceOf(LogException.StorageFull.class);
        for (int i = 0; i < 5; i++) {
            assertThat(storage.health().spaceLow()).isTrue();
        }
        assertThat(signals.failure()).isNull();
        assertThat(world.count(Kind.JOURNAL)).as("one is created, and kept").isLessThanOrEqualTo(segments + 2);
        log.trimBefore(log.bounds().end());
        storage.journal().requestSync();

        world.meta.setFull(false);
        assertThat(storage.health().spaceLow()).isFalse();
        storage.closeSoon();
        log.append(Batches.of("again"), true);
        assertThat(storage.journal().durableEnd()).isEqualTo(storage.journal().end());
        assertThat(signals.failure()).isNull();
        storage.close();
        assertThat(world.store.openHandles()).isZero();
        assertThat(Batches.readAll(world.open().open(ORDERS), log.bounds().start()))
                .hasSize(1)
                .allMatch(each -> each.endsWith("=again"));
    }

    @Test
    void whoAsksHowThingsAreFindsTheRoomThatCameBack() {
        JournaledStorage storage = open();
        Log log = storage.open(ORDERS);
        log.append(Batches.of("a"), true);
        world.store.limitTo(0);
        storage.closeSoon();
        assertThat(storage.health().spaceLow()).isTrue();

        world.store.limitTo(Long.MAX_VALUE);
        assertThat(storage.health().spaceLow()).isFalse();
        log.append(Batches.of("b"), true);
        assertThat(Batches.readAll(log, 0)).containsExactly("0=a", "1=b");
        assertThat(signals.failure()).isNull();
    }

    @Test
    void theJournalIsBoundedWhileAMachineDoesNotFinishItsSnapshot() {
        var stuck = new OneMachine();
        JournaledStorage storage = open(stuck);
        Log log = storage.open(ORDERS);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        log.trimBefore(log.append(Batches.of("x".repeat(500)), true) + 1);
                    }
                })
                .isInstanceOf(LogException.StorageFull.class);
        assertThat(world.count(Kind.JOURNAL)).isLessThanOrEqualTo(World.SMALL.maxJournalSegments() + 2);

        for (int i = 0; i < stuck.writers.size(); i++) {
            stuck.writers.get(i).done(3);
        }

        log.append(Batches.of("again"), true);
        assertThat(world.count(Kind.JOURNAL)).isLessThanOrEqualTo(3);
    }

    /// A machine whose snapshots the test writes.
    private static final class OneMachine implements Snapshots {
        final List<SnapshotWriter> writers = new ArrayList<>();

        @Override
        public void begin(SnapshotWriter writer) {
            writers.add(writer);
        }

        @Override
        public Set<Integer> machines() {
            return Set.of(3);
        }
    }

    private JournaledStorage open(Snapshots machines) {
        JournaledStorage storage = JournaledStorage.open(
                world.store, world.meta, World.SMALL, StorageThreads.direct(), new EventRecorder());
        storage.start(signals, machines);
        return storage;
    }

    @Test
    void aSnapshotThatAMachineGivesUpNeverCountsAndTheNextOneDoes() {
        var machine = new OneMachine();
        JournaledStorage storage = open(machine);
        Log log = storage.open(ORDERS);
        writeUntilSnapshots(machine, log, 1);
        long before = world.count(Kind.JOURNAL);
        machine.writers.getFirst().failed(3);
        writeUntilSnapshots(machine, log, 2);
        assertThat(world.count(Kind.JOURNAL)).as("nothing was freed").isGreaterThan(before);

        machine.writers.getLast().done(3);
        log.append(Batches.of("more"), true);
        assertThat(world.count(Kind.JOURNAL)).isLessThanOrEqualTo(before);
        assertThat(signals.failure()).isNull();
    }

    private static void writeUntilSnapshots(OneMachine machine, Log log, int snapshots) {
        while (machine.writers.size() < snapshots) {
            log.trimBefore(log.append(Batches.of("x".repeat(500)), true) + 1);
        }
    }

    @Test
    void anErrorWhileTheJournalIsTendedIsNotSilence() {
        JournaledStorage storage = open(new Snapshots() {
            @Override
            public void begin(SnapshotWriter writer) {
                throw new OutOfMemoryError("of a test");
            }

            @Override
            public Set<Integer> machines() {
                return Set.of(3);
            }
        });
        Log log = storage.open(ORDERS);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        log.append(Batches.of("x".repeat(500)), true);
                    }
                })
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(signals.failure()).hasRootCauseInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> log.append(Batches.of("c"), true)).isInstanceOf(LogException.Poisoned.class);
    }

    @Test
    void closingTwiceIsNoError() {
        JournaledStorage storage = open();
        storage.close();
        storage.close();
        assertThat(world.store.openHandles()).isZero();
    }
}

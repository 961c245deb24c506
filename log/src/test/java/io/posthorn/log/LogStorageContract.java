package io.posthorn.log;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a storage promises, whatever engine keeps its segments. An engine's test extends this.
public abstract class LogStorageContract {
    private static final LogId ORDERS = new LogId(7);
    private static final LogId INVOICES = new LogId(8);

    protected SignalRecorder signals = new SignalRecorder();
    protected LogStorage storage = new ClosedStorage();

    /// Opens a storage on what the engine of this test holds: empty for the first call of each test, and whatever
    /// the storage before has left for later ones. Small segments are welcome.
    protected abstract LogStorage open(Recovery recovery);

    /// Lets go of the storage as a crash would: nothing more is written. What was durable stays.
    protected abstract void crash(LogStorage storage);

    @BeforeEach
    void openEmpty() {
        storage = start(new EventRecorder());
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    private LogStorage start(Recovery recovery) {
        LogStorage opened = open(recovery);
        signals = new SignalRecorder();
        opened.start(signals, new NoMachines());
        return opened;
    }

    private EventRecorder restart() {
        var events = new EventRecorder();
        storage.close();
        storage = start(events);
        return events;
    }

    private EventRecorder crashAndRestart() {
        var events = new EventRecorder();
        crash(storage);
        storage = start(events);
        return events;
    }

    /// Waits until everything appended is durable.
    protected void sync() {
        Journal journal = storage.journal();
        long end = journal.end();
        journal.requestSync();
        while (journal.durableEnd() < end) {
            Thread.onSpinWait();
        }
    }

    @Test
    void offsetsAreConsecutive() {
        Log log = storage.open(ORDERS);

        assertThat(log.append(Batches.of("a", "b"), true)).isZero();
        assertThat(log.append(Batches.of("c"), true)).isEqualTo(2);

        assertThat(log.bounds()).isEqualTo(new LogBounds(0, 3));
        assertThat(Batches.readAll(log, 0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(Batches.readAll(log, 2)).containsExactly("2=c");
    }

    @Test
    void whatIsAppendedIsReadableAtOnceFromMemory() {
        Log log = storage.open(ORDERS);
        log.append(Batches.of("a"), false);

        try (LogSlice slice = requireNonNull(log.readTail(0, 1))) {
            assertThat(slice.batches()).hasSize(1);
        }
        try (LogSlice slice = requireNonNull(log.readTail(1, 1))) {
            assertThat(slice.batches()).isEmpty();
        }
    }

    @Test
    void offsetsOutsideTheLogAreRefused() {
        Log log = storage.open(ORDERS);
        log.append(Batches.of("a", "b"), false);
        log.trimBefore(1);

        assertThatThrownBy(() -> log.read(0, 1)).isInstanceOf(LogException.OffsetOutOfRange.class);
        assertThatThrownBy(() -> log.readTail(3, 1)).isInstanceOf(LogException.OffsetOutOfRange.class);
    }

    @Test
    void whatIsAppendedTogetherFollowsWhatWasThereAndIsReadableAtOnce() {
        Log orders = storage.open(ORDERS);
        Log invoices = storage.open(INVOICES);
        orders.append(Batches.of("a"), false);

        List<long[]> offsets = storage.appendTogether(
                List.of(
                        new Append.Batch(List.of(orders), Batches.of("b", "c")),
                        new Append.Event(3, Bytes.utf8("event")),
                        new Append.Batch(List.of(orders, invoices), Batches.of("d"))),
                true);

        assertThat(offsets.get(0)).containsExactly(1);
        assertThat(offsets.get(1)).containsExactly(3, 0);
        assertThat(Batches.readAll(orders, 0)).containsExactly("0=a", "1=b", "2=c", "3=d");
        assertThat(Batches.readAll(invoices, 0)).containsExactly("0=d");

        sync();
        EventRecorder events = crashAndRestart();
        assertThat(Batches.readAll(storage.open(ORDERS), 0)).containsExactly("0=a", "1=b", "2=c", "3=d");
        assertThat(Batches.readAll(storage.open(INVOICES), 0)).containsExactly("0=d");
        assertThat(events.events()).containsExactly("replay 3 event");
    }

    @Test
    void theDurableEndReachesTheEndAndIsSignalled() {
        storage.open(ORDERS).append(Batches.of("a"), true);
        sync();

        assertThat(storage.journal().durableEnd()).isEqualTo(storage.journal().end());
        assertThat(signals.durableSignals()).isPositive();
    }

    @Test
    void whatIsDurableSurvivesACrash() {
        Log log = storage.open(ORDERS);
        log.append(Batches.of("a", "b"), true);
        storage.journal().append(3, Bytes.utf8("event"), true);
        log.append(Batches.of("c"), true);
        sync();

        EventRecorder events = crashAndRestart();

        assertThat(Batches.readAll(storage.open(ORDERS), 0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(events.events()).containsExactly("replay 3 event");
        assertThat(storage.health().cleanlyClosed()).isFalse();
    }

    @Test
    void closingInOrderSyncsEverything() {
        storage.open(ORDERS).append(Batches.of("a"), false);
        storage.journal().append(0, Bytes.utf8("event"), false);

        EventRecorder events = restart();

        assertThat(Batches.readAll(storage.open(ORDERS), 0)).containsExactly("0=a");
        assertThat(events.events()).containsExactly("replay 0 event");
        assertThat(storage.health().cleanlyClosed()).isTrue();
    }

    @Test
    void positionsGrowOverRestarts() {
        storage.open(ORDERS).append(Batches.of("a"), true);
        sync();
        long before = storage.journal().durableEnd();

        crashAndRestart();

        assertThat(storage.journal().durableEnd()).isGreaterThanOrEqualTo(before);
        assertThat(storage.journal().end()).isEqualTo(storage.journal().durableEnd());
    }

    @Test
    void offsetsGoOnAfterARestartThoughEverythingWasTrimmed() {
        Log log = storage.open(ORDERS);
        log.append(Batches.of("a", "b"), true);
        log.trimBefore(2);
        sync();

        crashAndRestart();

        assertThat(storage.open(ORDERS).bounds()).isEqualTo(new LogBounds(2, 2));
        assertThat(storage.open(ORDERS).append(Batches.of("c"), true)).isEqualTo(2);
    }

    @Test
    void aBatchToManyLogsIsThereInEach() {
        Log orders = storage.open(ORDERS);
        Log invoices = storage.open(INVOICES);
        orders.append(Batches.of("a"), false);

        assertThat(storage.appendAll(List.of(orders, invoices), Batches.of("b", "c"), true))
                .containsExactly(1, 0);
        assertThat(Batches.readAll(orders, 0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(Batches.readAll(invoices, 0)).containsExactly("0=b", "1=c");
        sync();

        crashAndRestart();

        assertThat(Batches.readAll(storage.open(ORDERS), 0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(Batches.readAll(storage.open(INVOICES), 0)).containsExactly("0=b", "1=c");
    }

    @Test
    void whatIsDroppedStaysDropped() {
        storage.open(ORDERS).append(Batches.of("a"), true);
        storage.drop(ORDERS);
        assertThat(storage.open(ORDERS).bounds()).isEqualTo(new LogBounds(0, 0));
        sync();

        crashAndRestart();

        assertThat(storage.open(ORDERS).bounds()).isEqualTo(new LogBounds(0, 0));
        assertThat(storage.sweep(id -> false)).isZero();
    }

    @Test
    void orphansAreSwept() {
        storage.open(ORDERS).append(Batches.of("a"), true);
        storage.open(INVOICES).append(Batches.of("b"), true);

        assertThat(storage.sweep(ORDERS::equals)).isEqualTo(1);
        assertThat(storage.open(INVOICES).bounds()).isEqualTo(new LogBounds(0, 0));
        assertThat(Batches.readAll(storage.open(ORDERS), 0)).containsExactly("0=a");
    }

    @Test
    void volatileLogsBehaveAlikeAndAreGoneAfterwards() {
        Log log = storage.openVolatile(ORDERS);
        log.append(Batches.of("a", "b"), false);
        log.append(Batches.of("c"), false);
        log.trimBefore(1);

        assertThat(log.bounds()).isEqualTo(new LogBounds(1, 3));
        assertThat(Batches.readAll(log, 1)).containsExactly("1=b", "2=c");

        restart();

        assertThat(storage.openVolatile(ORDERS).bounds()).isEqualTo(new LogBounds(0, 0));
    }

    @Test
    void muchDataOfManyLogsIsReadBackInOrder() {
        int logs = 20;
        int rounds = 400;
        for (int i = 0; i < logs * rounds; i++) {
            storage.open(new LogId(1 + i % logs)).append(Batches.of("value " + i, "x".repeat(200)), i % 50 == 0);
        }
        storage.open(new LogId(2)).trimBefore(300);
        sync();

        crashAndRestart();

        for (int log = 1; log <= logs; log++) {
            long start = log == 2 ? 300 : 0;
            assertThat(Batches.readAll(storage.open(new LogId(log)), start))
                    .hasSize(2 * rounds - (int) start)
                    .contains("%d=value %d".formatted(2 * rounds - 2, (rounds - 1) * logs + log - 1));
        }
        assertThat(storage.health().damagedRanges()).isZero();
        assertThat(storage.health().tornBytes()).isZero();
    }
}

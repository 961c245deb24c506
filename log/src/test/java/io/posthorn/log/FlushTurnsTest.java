package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/// What the flusher does with the thread that it is lent.
class FlushTurnsTest {
    private final World world = new World();
    private final ArrayDeque<Runnable> turns = new ArrayDeque<>();

    @Test
    void aTurnIsOneEntryAndWhatWaitsIsAnother() {
        try (JournaledStorage storage = open()) {
            Log log = storage.open(new LogId(1));
            long written = storage.health().syncs();

            log.append(Batches.of("first"), true);
            log.append(Batches.of("in the same entry"), true);
            assertThat(turns).hasSize(1);
            turns.remove().run();
            assertThat(storage.health().syncs()).isEqualTo(written + 1);
            assertThat(isAllDurable(storage)).isTrue();
            assertThat(turns).as("as nothing is left to write").isEmpty();

            for (int i = 0; i < 6; i++) {
                log.append(Batches.of("x".repeat(1_500)), true); // more than an entry of these small segments takes
            }
            int entries = 0;
            while (!isAllDurable(storage)) {
                assertThat(turns).hasSize(1);
                turns.remove().run();
                entries++;
                assertThat(storage.health().syncs()).isEqualTo(written + 1 + entries);
            }
            assertThat(entries).isGreaterThan(1);
            assertThat(turns).isEmpty();
        }
    }

    @Test
    void whatIsAppendedByThoseWhoHearOfAnEntryIsAnother() {
        try (JournaledStorage storage = open()) {
            Log log = storage.open(new LogId(1));
            log.append(Batches.of("first"), true);
            turns.remove().run();
            log.append(Batches.of("second"), true);
            assertThat(turns).as("the turns before were over").hasSize(1);
            turns.remove().run();
            assertThat(isAllDurable(storage)).isTrue();
        }
    }

    private static boolean isAllDurable(JournaledStorage storage) {
        return storage.journal().durableEnd() == storage.journal().end();
    }

    private JournaledStorage open() {
        var threads = new StorageThreads(turns::add, Runnable::run);
        var storage = JournaledStorage.open(world.store, world.meta, World.SMALL, threads, new EventRecorder());
        storage.start(new SignalRecorder(), new NoMachines());
        while (!turns.isEmpty()) {
            turns.remove().run(); // the first snapshot
        }
        return storage;
    }
}

package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
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
        var answers = new ArrayDeque<Runnable>();
        try (JournaledStorage storage = open(new Answering(answers))) {
            Log log = storage.open(new LogId(1));
            answers.add(() -> log.append(Batches.of("second"), true));
            log.append(Batches.of("first"), true);
            turns.remove().run();
            assertThat(answers).isEmpty();
            assertThat(isAllDurable(storage))
                    .as("as another entry is for another turn")
                    .isFalse();
            assertThat(turns).hasSize(1);
            turns.remove().run();
            assertThat(isAllDurable(storage)).isTrue();
            assertThat(turns).isEmpty();
        }
    }

    /// Whoever hears that an entry is durable answers it.
    private record Answering(ArrayDeque<Runnable> answers) implements StorageListener {
        @Override
        public void durable() {
            if (!answers.isEmpty()) {
                answers.remove().run();
            }
        }

        @Override
        public void failed(LogException.Poisoned cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void spaceLow(boolean low) {
            throw new AssertionError("the store of this world has room");
        }
    }

    @Test
    void aTurnIsAskedForAsFarAsSomebodyWaitsAndNoFurther() {
        try (JournaledStorage storage = open()) {
            Journal journal = storage.journal();
            Log log = storage.open(new LogId(1));
            log.append(Batches.of("somebody waits"), true);
            long waitedFor = journal.end();
            turns.remove().run();
            log.append(Batches.of("nobody waits"), false);
            journal.requestSync(waitedFor);
            assertThat(turns).as("as that is durable").isEmpty();

            journal.requestSync(journal.end());
            turns.remove().run();
            assertThat(isAllDurable(storage)).isTrue();
            assertThatThrownBy(() -> journal.requestSync(journal.end() + 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("nothing is appended at");
        }
    }

    @Test
    void anErrorInATurnIsNotSilence() {
        var told = new ArrayList<Throwable>();
        JournaledStorage storage = open(new StorageListener() {
            @Override
            public void durable() {
                throw new OutOfMemoryError("of a test");
            }

            @Override
            public void failed(LogException.Poisoned cause) {
                told.add(cause);
            }

            @Override
            public void spaceLow(boolean low) {}
        });
        storage.open(new LogId(1)).append(Batches.of("a"), true);
        assertThatThrownBy(() -> turns.remove().run()).isInstanceOf(OutOfMemoryError.class);
        assertThat(told)
                .singleElement()
                .satisfies(cause -> assertThat(cause).hasRootCauseInstanceOf(OutOfMemoryError.class));
    }

    private static boolean isAllDurable(JournaledStorage storage) {
        return storage.journal().durableEnd() == storage.journal().end();
    }

    private JournaledStorage open() {
        return open(new SignalRecorder());
    }

    private JournaledStorage open(StorageListener listener) {
        var threads = new StorageThreads(turns::add, Runnable::run);
        var storage = JournaledStorage.open(world.store, world.meta, World.SMALL, threads, new EventRecorder());
        storage.start(listener, new NoMachines());
        while (!turns.isEmpty()) {
            turns.remove().run(); // the first snapshot
        }
        return storage;
    }
}

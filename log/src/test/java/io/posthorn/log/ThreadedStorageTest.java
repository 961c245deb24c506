package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;

/// The same storage with real threads: one flusher, and virtual threads behind it.
class ThreadedStorageTest {
    private static final int WRITERS = 3;
    private static final int BATCHES = 1_500;

    private final World world = new World();

    @RepeatedTest(200)
    void everyWriterFindsItsRecordsAndClosingIsClean() throws Exception {
        try (ExecutorService flusher = Executors.newSingleThreadExecutor();
                ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
                ExecutorService publishers = Executors.newFixedThreadPool(WRITERS)) {
            JournaledStorage storage = open(flusher, background);
            var writers = new ArrayList<Future<?>>();
            for (int i = 1; i <= WRITERS; i++) {
                Log log = storage.open(new LogId(i));
                writers.add(publishers.submit(() -> write(log)));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            storage.close();

            storage = open(flusher, background);
            assertThat(storage.health().cleanlyClosed()).isTrue();
            for (int i = 1; i <= WRITERS; i++) {
                Log log = storage.open(new LogId(i));
                assertThat(log.bounds()).isEqualTo(new LogBounds(BATCHES / 2, BATCHES));
                List<String> values = Batches.readAll(log, BATCHES / 2);
                assertThat(values).hasSize(BATCHES / 2).last().isEqualTo(BATCHES - 1 + "=" + value(BATCHES - 1));
            }
            storage.close();
        }
    }

    private JournaledStorage open(ExecutorService flusher, ExecutorService background) {
        var storage = JournaledStorage.open(
                world.store, world.meta, World.SMALL, new StorageThreads(flusher, background), new EventRecorder());
        storage.start(new SignalRecorder(), new NoMachines());
        return storage;
    }

    private static void write(Log log) {
        for (int i = 0; i < BATCHES; ) {
            try {
                log.append(Batches.of(value(i)), i % 10 == 0);
                i++;
                log.trimBefore(i / 2);
            } catch (LogException.StorageFull _) {
                // What a stopped publisher would do: come again.
                Thread.onSpinWait();
            }
        }
    }

    private static String value(int i) {
        return "value " + i + "x".repeat(i % 100);
    }
}

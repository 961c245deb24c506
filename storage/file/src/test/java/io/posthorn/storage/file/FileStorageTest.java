package io.posthorn.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.EventRecorder;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.LogBounds;
import io.posthorn.log.LogId;
import io.posthorn.log.LogStorage;
import io.posthorn.log.LogStorageContract;
import io.posthorn.log.NoMachines;
import io.posthorn.log.Recovery;
import io.posthorn.log.SignalRecorder;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract of a storage, on files, and what the product promises of many logs.
class FileStorageTest extends LogStorageContract {
    private static final long MIB = 1024 * 1024;
    private static final FileOptions FILES = new FileOptions(4 * MIB, MIB, 1, 256, MIB);
    private static final StorageOptions OPTIONS = new StorageOptions(4 * MIB, MIB, 8, 4 * MIB, 4 * MIB, 4 * MIB, 0);

    @TempDir
    Path temporary;

    private final SplittableRandom salts = new SplittableRandom(4711);

    @Override
    protected LogStorage open(Recovery recovery) {
        return open(disk("data"), FILES, OPTIONS, StorageThreads.direct(), recovery);
    }

    @Override
    protected void crash(LogStorage storage) {
        // The process is gone; the page cache, and so every file as it is now, is not.
    }

    private WatchedDisk disk(String name) {
        try {
            return new WatchedDisk(ChannelDisk.open(temporary.resolve(name)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private LogStorage open(
            Disk disk, FileOptions files, StorageOptions options, StorageThreads threads, Recovery recovery) {
        var segments = FileSegmentStore.open(disk, files, threads.background(), salts::nextLong);
        return JournaledStorage.open(segments, FileMetaStore.open(disk), options, threads, recovery);
    }

    @Test
    void tenThousandLogsCostOneSyncAndAHundredThousandFewFiles() {
        int logs = 100_000;
        int perFlush = 10_000;
        var files = new FileOptions(64 * MIB, 64 * MIB, 1, 256, 8 * MIB);
        var options = new StorageOptions(64 * MIB, 64 * MIB, 8, 64 * MIB, 16 * MIB, MIB, 0);
        var flusher = new ArrayDeque<Runnable>();
        Executor later = flusher::add;
        var disk = disk("many");
        try (var storage = open(disk, files, options, new StorageThreads(later, Runnable::run), new EventRecorder())) {
            storage.start(new SignalRecorder(), new NoMachines());
            runAll(flusher);
            for (int first = 0; first < logs; first += perFlush) {
                long before = disk.syncs.get();
                appendToEach(storage, first, perFlush);
                runAll(flusher);
                assertThat(storage.journal().durableEnd())
                        .isEqualTo(storage.journal().end());
                assertThat(disk.syncs.get() - before).isEqualTo(1);
            }
            assertThat(disk.mostOpenFiles.get()).isLessThan(1_000);
            assertThat(storage.health().openFiles()).isLessThan(1_000);
        }
        try (var storage = open(disk, files, options, StorageThreads.direct(), new EventRecorder())) {
            for (long id : List.of(1L, 77_777L, 100_000L)) {
                assertThat(storage.open(new LogId(id)).bounds()).isEqualTo(new LogBounds(0, 1));
            }
            assertThat(disk.mostOpenFiles.get()).isLessThan(1_000);
        }
    }

    private static void appendToEach(LogStorage storage, int first, int count) {
        var builder = new BatchBuilder();
        for (int i = first; i < first + count; i++) {
            builder.add(0, null, Bytes.utf8("record of log " + i), List.of());
            storage.open(new LogId(i + 1L)).append(builder.build(), true);
        }
    }

    private static void runAll(ArrayDeque<Runnable> tasks) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}

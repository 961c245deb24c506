package io.posthorn.server;

import io.posthorn.log.JournaledStorage;
import io.posthorn.log.LogStorage;
import io.posthorn.log.MemoryMetaStore;
import io.posthorn.log.MemorySegmentStore;
import io.posthorn.log.Recovery;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.server.config.ServerConfig.Place;
import io.posthorn.storage.file.DataDirectory;
import io.posthorn.storage.file.FileOptions;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/// Puts a storage together: its engine, its sizes, its threads.
///
/// @param around what is laid around the flusher
record StorageAssembly(ServerConfig config, Executor background, UnaryOperator<Executor> around, Lifecycle lifecycle) {
    LogStorage open(Recovery recovery) {
        ExecutorService flusher = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("flush-0").factory());
        lifecycle.opened("the flusher", flusher);
        var threads = new StorageThreads(around.apply(flusher), background);
        return switch (config.place()) {
            case Place.Memory _ ->
                JournaledStorage.open(
                        new MemorySegmentStore(), new MemoryMetaStore(), StorageOptions.inMemory(), threads, recovery);
            case Place.Directory directory -> openFiles(directory, threads, recovery);
        };
    }

    private LogStorage openFiles(Place.Directory place, StorageThreads threads, Recovery recovery) {
        var directory = DataDirectory.open(place.path());
        lifecycle.opened("the data directory", directory);
        var salts = new SecureRandom();
        return JournaledStorage.open(
                directory.openSegments(fileOptions(), background, salts::nextLong),
                directory.openFacts(),
                storageOptions(),
                threads,
                recovery);
    }

    private StorageOptions storageOptions() {
        return StorageOptions.defaults()
                .withJournalCapacity(config.storage().journalSegment())
                .withTailBudget(config.storage().tail())
                .withLowWaterMark(config.limits().freeSpace());
    }

    private FileOptions fileOptions() {
        var defaults = FileOptions.defaults();
        long journal = config.storage().journalSegment();
        return new FileOptions(
                journal,
                Math.min(journal, defaults.firstJournalBytes()),
                defaults.spareJournals(),
                defaults.openReaders(),
                defaults.reclaimStepBytes());
    }
}

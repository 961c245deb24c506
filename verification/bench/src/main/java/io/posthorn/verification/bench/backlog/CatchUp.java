package io.posthorn.verification.bench.backlog;

import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.Recovery;
import io.posthorn.log.RetentionClass;
import io.posthorn.log.Snapshots;
import io.posthorn.log.StorageListener;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import io.posthorn.storage.file.DataDirectory;
import io.posthorn.storage.file.FileOptions;
import io.posthorn.verification.bench.Figures;
import io.posthorn.verification.bench.Proc;
import io.posthorn.verification.bench.spike.HintedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// Writes one log, alone or among others, and reads it back from the disk as a consumer that is far behind does:
/// `CatchUp DIRECTORY MEGABYTES`.
public final class CatchUp {
    private static final int BATCH_BYTES = 16 << 10;
    private static final LogId WANTED = new LogId(1);

    private CatchUp() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[0]);
        long bytes = Long.parseLong(arguments[1]) << 20;
        System.out.println(Figures.head(
                "layout",
                "fetch",
                "page cache",
                "MB/s",
                "CPU s/GB",
                "from the device per byte",
                "reads",
                "heap per byte"));
        measure(directory.resolve("alone"), "one log", 1, bytes);
        measure(directory.resolve("among"), "among 100 others, a tenth of the bytes", 100, bytes);
    }

    private static void measure(Path directory, String layout, int others, long bytes)
            throws IOException, InterruptedException {
        try (var flusher = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("flush-0").daemon().factory());
                var background = Executors.newVirtualThreadPerTaskExecutor();
                var held = DataDirectory.open(directory)) {
            var random = new SecureRandom();
            try (var storage = JournaledStorage.open(
                    held.openSegments(FileOptions.defaults(), background, random::nextLong),
                    held.openFacts(),
                    StorageOptions.defaults(),
                    new StorageThreads(flusher, background),
                    new NoMachines())) {
                storage.start(new Nobody(), new NoMachines());
                long begin = System.nanoTime();
                write(storage, others, bytes);
                System.err.printf(
                        "bench: %s written at %.0f MB/s%n", layout, bytes / 1e6 / (System.nanoTime() - begin) * 1e9);
                Log log = storage.open(WANTED);
                awaitRollOver(log);
                long closed = log.closedEnd();
                for (int fetch : new int[] {64 << 10, 1 << 20, 8 << 20, 50 << 20}) {
                    row(layout + ", rolled over", directory, log, 0, closed, fetch, true);
                }
                row(layout + ", rolled over", directory, log, 0, closed, 8 << 20, false);
                row(
                        layout + ", in the journal",
                        directory,
                        log,
                        closed,
                        log.bounds().end(),
                        8 << 20,
                        true);
                row(
                        layout + ", in the journal",
                        directory,
                        log,
                        closed,
                        log.bounds().end(),
                        8 << 20,
                        false);
            }
        }
    }

    private static void write(JournaledStorage storage, int others, long bytes) {
        storage.open(WANTED).keepAs(RetentionClass.LONG);
        RecordBatch batch = batch();
        long count = bytes / batch.sizeInBytes();
        for (long i = 0; i < count; i++) {
            long id = others == 1 || i % 10 == 0 ? WANTED.value() : 2 + i % others;
            append(storage.open(new LogId(id)), batch);
        }
        storage.journal().requestSync();
        while (storage.journal().durableEnd() < storage.journal().end()) {
            Thread.onSpinWait();
        }
    }

    private static void append(Log log, RecordBatch batch) {
        while (true) {
            try {
                log.append(batch, true);
                return;
            } catch (LogException.StorageFull _) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /// Until nothing has moved for three seconds.
    private static void awaitRollOver(Log log) throws InterruptedException {
        long closed = -1;
        for (int quiet = 0; quiet < 3; quiet++) {
            if (log.closedEnd() != closed) {
                closed = log.closedEnd();
                quiet = 0;
            }
            Thread.sleep(1_000);
        }
    }

    private static RecordBatch batch() {
        var random = new SecureRandom();
        var builder = new BatchBuilder();
        byte[] value = new byte[1_000];
        while (builder.sizeInBytes() < BATCH_BYTES - value.length) {
            random.nextBytes(value);
            builder.add(1_000_000, null, new Bytes(value), List.of());
        }
        return builder.build();
    }

    private static void row(String layout, Path directory, Log log, long from, long to, int fetch, boolean cold)
            throws IOException {
        if (cold) {
            for (Path file : files(directory)) {
                HintedFile.forget(file);
            }
        }
        long pid = ProcessHandle.current().pid();
        double cpu = Proc.cpuSeconds(pid);
        long device = Proc.deviceBytesRead();
        long heap = allocated();
        long begin = System.nanoTime();
        long bytes = 0;
        int reads = 0;
        for (long next = from; next < to; reads++) {
            try (LogSlice slice = log.read(next, fetch)) {
                for (RecordBatch batch : slice.batches()) {
                    bytes += batch.sizeInBytes();
                    next = batch.lastOffset() + 1;
                }
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.println(Figures.row(
                layout,
                (fetch >> 10) + " KiB",
                cold ? "dropped" : "warm",
                bytes / 1e6 / seconds,
                (Proc.cpuSeconds(pid) - cpu) / (bytes / 1e9),
                (double) (Proc.deviceBytesRead() - device) / bytes,
                reads,
                (double) (allocated() - heap) / bytes));
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file ->
                            file.toString().endsWith(".data") || file.toString().endsWith(".journal"))
                    .toList();
        }
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }

    private record NoMachines() implements Recovery, Snapshots {
        @Override
        public void restore(int machine, Bytes chunk) {}

        @Override
        public void replay(int machine, Bytes event) {}

        @Override
        public Set<Integer> machines() {
            return Set.of();
        }

        @Override
        public void begin(SnapshotWriter writer) {}
    }

    private record Nobody() implements StorageListener {
        @Override
        public void durable() {}

        @Override
        public void failed(LogException.Poisoned cause) {
            throw cause;
        }

        @Override
        public void spaceLow(boolean low) {}
    }
}

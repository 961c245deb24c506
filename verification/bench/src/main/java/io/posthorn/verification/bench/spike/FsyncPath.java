package io.posthorn.verification.bench.spike;

import io.posthorn.verification.bench.Figures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;

/// Commits of `WAITING` batches, spread over the logs in turn, as fast as they become durable one after the
/// other: what group commit sees when everybody waits.
final class FsyncPath {
    private static final int WAITING = 256;
    private static final int FRAME = 16;
    private static final int SECTOR = 512;
    private static final long JOURNAL_BYTES = 64L << 20;
    private static final long WARM_UP_NANOS = 200_000_000L;

    /// @param commits a second
    /// @param megabytes of batches a second
    /// @param p50 milliseconds from the first write to durable
    record Result(double commits, double megabytes, double p50, double p99) {}

    /// Where a commit goes.
    interface Target extends AutoCloseable {
        /// Writes this batch once for each of [#WAITING] logs, the next ones in turn; durable on return.
        void commit(int batchBytes) throws IOException;

        @Override
        void close() throws IOException;
    }

    static Result measure(Target target, int batchBytes, long nanos) throws IOException {
        long begin = System.nanoTime() + WARM_UP_NANOS;
        while (System.nanoTime() < begin) {
            target.commit(batchBytes);
        }
        List<Double> times = new ArrayList<>();
        begin = System.nanoTime();
        long before = begin;
        while (before - begin < nanos) {
            target.commit(batchBytes);
            long now = System.nanoTime();
            times.add((now - before) / 1e6);
            before = now;
        }
        double seconds = (before - begin) / 1e9;
        return new Result(
                times.size() / seconds,
                times.size() * (double) WAITING * batchBytes / seconds / 1e6,
                Figures.median(times),
                Figures.percentile(times, 0.99));
    }

    /// One file for all logs: one write and one sync a commit, one index entry a batch.
    static final class OneJournal implements Target {
        private final FileChannel file;
        private final boolean reused;
        private final long[] lastPosition;
        private final CRC32C crc = new CRC32C();
        private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        private long end;
        private int nextLog;

        /// @param reused whether the file was filled with zeros once, and is written again and again
        OneJournal(Path directory, int logs, boolean reused) throws IOException {
            this.reused = reused;
            lastPosition = new long[logs];
            file = FileChannel.open(directory.resolve("journal"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (reused) {
                fillWithZeros();
            }
        }

        private void fillWithZeros() throws IOException {
            while (file.position() < JOURNAL_BYTES) {
                file.write(buffer.clear());
            }
            file.force(true);
        }

        @Override
        public void commit(int batchBytes) throws IOException {
            buffer.clear();
            ensureRoom(WAITING * (batchBytes + FRAME) + SECTOR);
            for (int i = 0; i < WAITING; i++) {
                put(batchBytes);
            }
            // A confirmed sector is never written again, so each commit begins in one of its own.
            buffer.position((buffer.position() + SECTOR - 1) / SECTOR * SECTOR).flip();
            if (reused && end + buffer.limit() > JOURNAL_BYTES) {
                end = 0;
            }
            end += writeFully(file, buffer, end);
            file.force(false);
        }

        private void put(int batchBytes) {
            int start = buffer.position();
            lastPosition[nextLog] = end + start;
            buffer.putInt(batchBytes).putLong(nextLog).position(start + FRAME + batchBytes);
            crc.reset();
            crc.update(buffer.slice(start, FRAME - Integer.BYTES));
            buffer.putInt(start + FRAME - Integer.BYTES, (int) crc.getValue());
            nextLog = (nextLog + 1) % lastPosition.length;
        }

        private void ensureRoom(int bytes) {
            if (buffer.capacity() < bytes) {
                buffer = ByteBuffer.allocateDirect(bytes);
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /// A growing file for each log: as many syncs a commit as logs have something new.
    static final class FilePerLog implements Target {
        private final FileChannel[] files;
        private final ExecutorService syncers;
        private final int threads;
        private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        private int nextLog;

        FilePerLog(Path directory, int logs, int threads) throws IOException {
            this.threads = threads;
            syncers = Executors.newFixedThreadPool(threads);
            files = new FileChannel[logs];
            for (int i = 0; i < logs; i++) {
                files[i] = FileChannel.open(
                        directory.resolve("log-" + i), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }

        @Override
        public void commit(int batchBytes) throws IOException {
            for (int i = 0; i < WAITING; i++) {
                buffer.clear().limit(batchBytes);
                files[(nextLog + i) % files.length].write(buffer);
            }
            sync(nextLog, Math.min(WAITING, files.length));
            nextLog = (nextLog + WAITING) % files.length;
        }

        private void sync(int first, int count) throws IOException {
            if (threads == 1) {
                syncEvery(1, first, count);
                return;
            }
            List<Callable<Integer>> parts = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int offset = t;
                parts.add(() -> syncEvery(threads, first + offset, count - offset));
            }
            try {
                for (var part : syncers.invokeAll(parts)) {
                    part.get();
                }
            } catch (InterruptedException | ExecutionException e) {
                throw new IOException(e);
            }
        }

        private int syncEvery(int step, int first, int count) throws IOException {
            for (int i = 0; i < count; i += step) {
                files[(first + i) % files.length].force(false);
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            syncers.shutdown();
            for (FileChannel file : files) {
                file.close();
            }
        }
    }

    private static int writeFully(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        int written = 0;
        while (bytes.hasRemaining()) {
            written += file.write(bytes, position + written);
        }
        return written;
    }

    static void deleteAll(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private FsyncPath() {}
}

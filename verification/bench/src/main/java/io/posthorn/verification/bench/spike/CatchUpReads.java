package io.posthorn.verification.bench.spike;

import io.posthorn.verification.bench.Proc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Reads whole logs, one after the other, out of a file that holds all of them, from a cold page cache. Only
/// where the runs of a log lie matters, so one file stands for every layout.
final class CatchUpReads implements AutoCloseable {
    static final long SEGMENT_BYTES = 256L << 20;

    private static final int SEGMENTS = 2;
    private static final int AHEAD_RUNS = 64;
    private static final long AHEAD_BYTES = 2L << 20;
    private static final int PIECE = 1 << 20;
    private static final int READERS = 16;

    enum Mode {
        PLAIN,
        HINTED,
        SIXTEEN_READERS
    }

    /// @param megabytes of the log a second
    /// @param amplification bytes from the device for each byte wanted
    /// @param cpuPerGigabyte seconds of this process
    record Result(double megabytes, double amplification, double cpuPerGigabyte) {}

    /// Where run `i` of a log begins, when all runs are equally long.
    record Layout(int logs, int runBytes) {
        long position(int log, int run) {
            return ((long) run * logs + log) * runBytes;
        }

        int runs() {
            return (int) (SEGMENTS * SEGMENT_BYTES / ((long) logs * runBytes));
        }
    }

    private final HintedFile file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    private final ByteBuffer[] buffers = new ByteBuffer[READERS];
    private final ExecutorService readers = Executors.newFixedThreadPool(READERS);

    CatchUpReads(Path path) throws IOException {
        try (var writer = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long written = 0; written < SEGMENTS * SEGMENT_BYTES; ) {
                written += writer.write(buffer.clear());
            }
            writer.force(true);
        }
        file = new HintedFile(path);
        for (int i = 0; i < READERS; i++) {
            buffers[i] = ByteBuffer.allocateDirect(PIECE);
        }
    }

    Result measure(Layout layout, Mode mode, long nanos) throws IOException {
        file.forget();
        long device = Proc.deviceBytesRead();
        double cpu = Proc.cpuSeconds(ProcessHandle.current().pid());
        long begin = System.nanoTime();
        long bytes = 0;
        // Not from log 0 on: what lies side by side would be read ahead for the next log.
        for (int i = 0, log = 0; i < layout.logs && System.nanoTime() - begin < nanos; i++) {
            bytes += read(layout, log, mode, begin + nanos);
            log = (log + 617) % layout.logs;
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Result(
                bytes / seconds / 1e6,
                (Proc.deviceBytesRead() - device) / (double) bytes,
                (Proc.cpuSeconds(ProcessHandle.current().pid()) - cpu) * 1e9 / bytes);
    }

    private long read(Layout layout, int log, Mode mode, long deadline) throws IOException {
        return switch (mode) {
            case PLAIN -> readInOrder(layout, log, 0, deadline);
            case HINTED -> readInOrder(layout, log, ahead(layout), deadline);
            case SIXTEEN_READERS -> readInParallel(layout, log, deadline);
        };
    }

    private static int ahead(Layout layout) {
        return Math.clamp(AHEAD_BYTES / layout.runBytes, 2, AHEAD_RUNS);
    }

    private long readInOrder(Layout layout, int log, int ahead, long deadline) throws IOException {
        int hinted = 0;
        int run = 0;
        for (; run < layout.runs() && System.nanoTime() < deadline; run++) {
            // Half the window at a time, so that hints do not come one for each read.
            if (hinted - run <= ahead / 2) {
                for (; hinted < Math.min(layout.runs(), run + ahead); hinted++) {
                    file.willNeed(layout.position(log, hinted), layout.runBytes);
                }
            }
            readRun(buffer, layout.position(log, run), layout.runBytes);
        }
        return (long) run * layout.runBytes;
    }

    private long readInParallel(Layout layout, int log, long deadline) throws IOException {
        List<Callable<Long>> parts = new ArrayList<>();
        for (int reader = 0; reader < READERS; reader++) {
            int first = reader;
            parts.add(() -> {
                ByteBuffer own = buffers[first];
                long bytes = 0;
                for (int run = first; run < layout.runs() && System.nanoTime() < deadline; run += READERS) {
                    readRun(own, layout.position(log, run), layout.runBytes);
                    bytes += layout.runBytes;
                }
                return bytes;
            });
        }
        try {
            long bytes = 0;
            for (var part : readers.invokeAll(parts)) {
                bytes += part.get();
            }
            return bytes;
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }

    private void readRun(ByteBuffer target, long position, int bytes) throws IOException {
        for (int done = 0; done < bytes; ) {
            target.clear().limit(Math.min(target.capacity(), bytes - done));
            done += file.read(target, position + done);
        }
    }

    @Override
    public void close() throws IOException {
        readers.shutdown();
        file.close();
    }
}

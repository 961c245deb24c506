package io.posthorn.verification.bench.spike;

import io.posthorn.verification.bench.Figures;
import io.posthorn.verification.bench.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The rows of ADR 0007, as Markdown: `StorageSpike DIRECTORY [ROUNDS]`. Needs 1 GiB in the directory, which it
/// gives back, and 10,100 open files.
public final class StorageSpike {
    private static final long ROW_NANOS = 1_000_000_000L;
    private static final int[] LOGS = {1, 1_000, 10_000};
    private static final int[] BATCHES = {170, 2_221};

    private final Path directory;
    private final int rounds;

    private StorageSpike(Path directory, int rounds) {
        this.directory = directory;
        this.rounds = rounds;
    }

    public static void main(String[] args) throws IOException {
        if (args.length == 0 || args[0].startsWith("-")) {
            System.out.println("usage: StorageSpike DIRECTORY [ROUNDS]");
            return;
        }
        var spike = new StorageSpike(Path.of(args[0]), args.length > 1 ? Integer.parseInt(args[1]) : 3);
        spike.commits();
        spike.reads();
    }

    private interface Opener {
        FsyncPath.Target open(Path directory, int logs) throws IOException;
    }

    private void commits() throws IOException {
        System.out.println(Figures.head("path", "logs", "batch B", "commits/s", "MB/s", "p50 ms", "p99 ms", "others"));
        for (int logs : LOGS) {
            for (int batch : BATCHES) {
                commitRow("journal, re-used", logs, batch, (d, n) -> new FsyncPath.OneJournal(d, n, true));
                commitRow("journal, growing", logs, batch, (d, n) -> new FsyncPath.OneJournal(d, n, false));
                commitRow("file per log", logs, batch, (d, n) -> new FsyncPath.FilePerLog(d, n, 1));
                if (logs > 1) {
                    commitRow("file per log, 16 syncing", logs, batch, (d, n) -> new FsyncPath.FilePerLog(d, n, 16));
                }
            }
        }
    }

    private void commitRow(String name, int logs, int batch, Opener opener) throws IOException {
        List<FsyncPath.Result> results = new ArrayList<>();
        double busy = Proc.busySeconds();
        double own = Proc.cpuSeconds(ProcessHandle.current().pid());
        long begin = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            Path at = Files.createDirectories(directory.resolve("commit"));
            try (var target = opener.open(at, logs)) {
                results.add(FsyncPath.measure(target, batch, ROW_NANOS));
            }
            FsyncPath.deleteAll(at);
        }
        System.out.println(Figures.row(
                name,
                logs,
                batch,
                median(results, FsyncPath.Result::commits),
                median(results, FsyncPath.Result::megabytes),
                median(results, FsyncPath.Result::p50),
                median(results, FsyncPath.Result::p99),
                others(busy, own, begin)));
    }

    private void reads() throws IOException {
        Path file = directory.resolve("reads");
        System.out.println();
        System.out.println(
                Figures.head("layout", "logs", "run", "mode", "MB/s", "device/wanted", "CPU-s/GB", "others"));
        try (var reads = new CatchUpReads(file)) {
            // Runs that lie side by side are one run: with one log, the whole file.
            readRows(reads, "one log", new CatchUpReads.Layout(1, 1 << 20));
            for (int logs : new int[] {1_000, 10_000}) {
                readRows(reads, "interleaved", new CatchUpReads.Layout(logs, 2_221));
                readRows(reads, "interleaved, merged", new CatchUpReads.Layout(logs, 16 << 10));
                readRows(reads, "sorted", new CatchUpReads.Layout(logs, (int) (CatchUpReads.SEGMENT_BYTES / logs)));
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void readRows(CatchUpReads reads, String name, CatchUpReads.Layout layout) throws IOException {
        for (var mode : CatchUpReads.Mode.values()) {
            List<CatchUpReads.Result> results = new ArrayList<>();
            double busy = Proc.busySeconds();
            double own = Proc.cpuSeconds(ProcessHandle.current().pid());
            long begin = System.nanoTime();
            for (int round = 0; round < rounds; round++) {
                results.add(reads.measure(layout, mode, ROW_NANOS));
            }
            System.out.println(Figures.row(
                    name,
                    layout.logs(),
                    layout.runBytes(),
                    mode,
                    median(results, CatchUpReads.Result::megabytes),
                    median(results, CatchUpReads.Result::amplification),
                    median(results, CatchUpReads.Result::cpuPerGigabyte),
                    others(busy, own, begin)));
        }
    }

    /// Processors that somebody else used, on average, while the row ran.
    private static double others(double busy, double own, long begin) {
        double mine = Proc.cpuSeconds(ProcessHandle.current().pid()) - own;
        return Math.max(0, (Proc.busySeconds() - busy - mine) * 1e9 / (System.nanoTime() - begin));
    }

    private static <T> double median(List<T> results, ToDoubleFunction<T> figure) {
        return Figures.median(results.stream().map(figure::applyAsDouble).toList());
    }
}

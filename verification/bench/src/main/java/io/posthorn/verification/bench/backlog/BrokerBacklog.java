package io.posthorn.verification.bench.backlog;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Principal;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.Timer;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import io.posthorn.storage.file.DataDirectory;
import io.posthorn.storage.file.FileOptions;
import io.posthorn.verification.bench.Figures;
import io.posthorn.verification.bench.Proc;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;

/// Fills one FIFO queue on local files, then drains it: `BrokerBacklog DIRECTORY MESSAGES`. Run it with a small
/// heap; that it ends at all is half of what it shows.
public final class BrokerBacklog {
    private static final int BODY_BYTES = 100;
    private static final String QUEUE = "backlog";

    private BrokerBacklog() {}

    public static void main(String[] arguments) {
        long messages = Long.parseLong(arguments[1]);
        long step = Math.max(1, messages / 10);
        try (var flusher = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("flush-0").daemon().factory());
                var background = Executors.newVirtualThreadPerTaskExecutor();
                var loop = new Loop();
                var directory = DataDirectory.open(Path.of(arguments[0]))) {
            var threads = new StorageThreads(flusher, background);
            var random = new SecureRandom();
            try (var broker = LocalBroker.open(
                    recovery -> JournaledStorage.open(
                            directory.openSegments(FileOptions.defaults(), background, random::nextLong),
                            directory.openFacts(),
                            StorageOptions.defaults(),
                            threads,
                            recovery),
                    BrokerOptions.defaults(),
                    new BrokerThreads(List.of(loop), background, Timer.SYSTEM),
                    InstantSource.system())) {
                run(broker, loop, messages, step);
            }
        }
    }

    private static void run(LocalBroker broker, Loop loop, long messages, long step) {
        var spec = new SessionSpec("backlog", new Principal("guest"), "/", loop);
        var filler = new Filler(loop, QUEUE, BODY_BYTES, () -> 0, messages);
        long begin = System.nanoTime();
        BrokerSession publishing = loop.call(done -> done.complete(broker.open(spec, filler)));
        QueueStatus _ = loop.<QueueStatus>call(done ->
                publishing.declareQueue(new QueueSpec(QUEUE, true, false, false, Arguments.NONE), Reply.to(done)));
        loop.execute(() -> filler.fill(publishing));
        long filled = filler.filled().join();
        double fillSeconds = (System.nanoTime() - begin) / 1e9;
        long pid = ProcessHandle.current().pid();
        System.out.printf(
                "filled %,d in %.1f s: %,.0f msg/s, peak RSS %.0f MB%n",
                filled, fillSeconds, filled / fillSeconds, Proc.peakResidentMegabytes(pid));

        var drainer = new Drainer(publishing, messages, step);
        loop.execute(() -> drainer.drain(QUEUE));
        long[] times = drainer.drained().join();
        print(times, step);
        double first = rate(times, 0, step);
        double last = rate(times, times.length - 2, step);
        System.out.printf(
                "drained %,d in %.1f s; the last %,d at %.2f of the first's rate; peak RSS %.0f MB, CPU %.1f s%n",
                messages,
                (times[times.length - 1] - times[0]) / 1e9,
                step,
                last / first,
                Proc.peakResidentMegabytes(pid),
                Proc.cpuSeconds(pid));
        loop.call(done -> {
            publishing.close();
            done.complete(true);
        });
    }

    private static void print(long[] times, long step) {
        System.out.println(Figures.head("drained", "msg/s"));
        for (int i = 0; i + 1 < times.length; i++) {
            System.out.println(Figures.row((i + 1) * (double) step, rate(times, i, step)));
        }
    }

    private static double rate(long[] times, int i, long step) {
        return step * 1e9 / (times[i + 1] - times[i]);
    }
}

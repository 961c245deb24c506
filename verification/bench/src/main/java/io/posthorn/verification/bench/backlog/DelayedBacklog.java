package io.posthorn.verification.bench.backlog;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.DelayedMessage;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Message;
import io.posthorn.broker.Principal;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.Timer;
import io.posthorn.log.Bytes;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import io.posthorn.storage.file.DataDirectory;
import io.posthorn.storage.file.FileOptions;
import io.posthorn.verification.bench.Figures;
import io.posthorn.verification.bench.Proc;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/// Publishes messages with delays of ten minutes to thirty days, restarts the broker, looks at them, lets the time pass
/// while the broker is down, and takes what then is due: `DelayedBacklog DIRECTORY MESSAGES`. Run it with a small heap.
public final class DelayedBacklog {
    private static final int BODY_BYTES = 100;
    private static final String NAME = "delayed";
    private static final long SHORTEST = Duration.ofMinutes(10).toMillis();
    private static final long LONGEST = Duration.ofDays(30).toMillis();

    private final Path directory;
    private final long messages;
    private Duration passed = Duration.ZERO;

    private DelayedBacklog(Path directory, long messages) {
        this.directory = directory;
        this.messages = messages;
    }

    public static void main(String[] arguments) {
        var backlog = new DelayedBacklog(Path.of(arguments[0]), Long.parseLong(arguments[1]));
        backlog.open(backlog::fill);
        backlog.open(backlog::look);
        backlog.passed = Duration.ofMillis(LONGEST);
        backlog.open(backlog::drain);
    }

    private void open(BiConsumer<LocalBroker, Loop> work) {
        try (var flusher = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("flush-0").daemon().factory());
                var background = Executors.newVirtualThreadPerTaskExecutor();
                var loop = new Loop();
                var data = DataDirectory.open(directory)) {
            var threads = new StorageThreads(flusher, background);
            var random = new SecureRandom();
            long begin = System.nanoTime();
            try (var broker = LocalBroker.open(
                    recovery -> JournaledStorage.open(
                            data.openSegments(FileOptions.defaults(), background, random::nextLong),
                            data.openFacts(),
                            StorageOptions.defaults(),
                            threads,
                            recovery),
                    BrokerOptions.defaults(),
                    new BrokerThreads(List.of(loop), background, Timer.SYSTEM),
                    () -> InstantSource.system().instant().plus(passed))) {
                System.out.printf("opened in %.2f s%n", seconds(begin));
                work.accept(broker, loop);
            }
        }
    }

    private void fill(LocalBroker broker, Loop loop) {
        var random = new SplittableRandom(1);
        var filler = new Filler(loop, messages, () -> message(random.nextLong(SHORTEST, LONGEST)));
        long begin = System.nanoTime();
        BrokerSession session = loop.call(done -> done.complete(broker.open(spec(loop), filler)));
        declare(session, loop);
        loop.execute(() -> filler.fill(session));
        long filled = filler.filled().join();
        report("published and confirmed", filled, begin);
        close(session, loop);
    }

    private static Message message(long delay) {
        return new Message(
                NAME,
                NAME,
                List.of(),
                null,
                List.of(),
                new Bytes(new byte[BODY_BYTES]),
                true,
                0,
                Message.NEVER,
                0,
                () -> new Arguments(Map.of("x-delay", delay)));
    }

    private static void declare(BrokerSession session, Loop loop) {
        var arguments = new Arguments(Map.of("x-delayed-type", "direct"));
        var exchange = new ExchangeSpec(NAME, "x-delayed-message", true, false, false, arguments);
        var queue = new QueueSpec(NAME, true, false, false, Arguments.NONE);
        var binding = new BindingSpec(NAME, BindingSpec.Destination.QUEUE, NAME, NAME, Arguments.NONE);
        Done _ = loop.<Done>call(done -> session.declareExchange(exchange, Reply.to(done)));
        QueueStatus _ = loop.<QueueStatus>call(done -> session.declareQueue(queue, Reply.to(done)));
        Done _ = loop.<Done>call(done -> session.bind(binding, Reply.to(done)));
    }

    /// After a restart: the first page of the list, and one message cancelled.
    private void look(LocalBroker broker, Loop loop) {
        BrokerSession session = loop.call(done -> done.complete(broker.open(spec(loop), idle(loop))));
        long begin = System.nanoTime();
        List<DelayedMessage> first = loop.call(done -> session.delayedMessages(NAME, null, 100, Reply.to(done)));
        System.out.printf("listed the first %d in %.2f s%n", first.size(), seconds(begin));
        begin = System.nanoTime();
        boolean cancelled = loop.<Boolean>call(
                done -> session.cancelDelayed(NAME, first.getFirst().id(), Reply.to(done)));
        System.out.printf("cancelled %s in %.3f s%n", cancelled, seconds(begin));
        close(session, loop);
    }

    private void drain(LocalBroker broker, Loop loop) {
        long due = messages - 1;
        long step = Math.max(1, due / 10);
        BrokerSession session = loop.call(done -> done.complete(broker.open(spec(loop), idle(loop))));
        var drainer = new Drainer(session, due, step);
        long begin = System.nanoTime();
        loop.execute(() -> drainer.drain(NAME));
        long[] times = drainer.drained().join();
        System.out.println(Figures.head("came when due", "msg/s"));
        for (int i = 0; i + 1 < times.length; i++) {
            System.out.println(Figures.row((i + 1) * (double) step, step * 1e9 / (times[i + 1] - times[i])));
        }
        report("came when due", due, begin);
        close(session, loop);
    }

    private static void report(String what, long count, long begin) {
        long pid = ProcessHandle.current().pid();
        System.out.printf(
                "%s: %,d in %.1f s, %,.0f msg/s; peak RSS %.0f MB, CPU %.1f s%n",
                what,
                count,
                seconds(begin),
                count / seconds(begin),
                Proc.peakResidentMegabytes(pid),
                Proc.cpuSeconds(pid));
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static SessionSpec spec(Loop loop) {
        return new SessionSpec(NAME, new Principal("guest"), "/", loop);
    }

    /// A listener for a session that publishes nothing.
    private static Filler idle(Loop loop) {
        return new Filler(loop, NAME, 0, () -> 0, 0);
    }

    private static void close(BrokerSession session, Loop loop) {
        loop.call(done -> {
            session.close();
            done.complete(true);
        });
    }
}

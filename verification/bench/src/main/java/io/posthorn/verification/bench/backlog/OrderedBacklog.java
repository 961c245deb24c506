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
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntSupplier;

/// What a backlog costs that does not go out first in, first out: `OrderedBacklog DIRECTORY MESSAGES`. For each order
/// a queue on local files is filled, the broker is stopped and started, half of the messages are taken and given
/// back, the broker is stopped and started again, and the queue is drained. Heap is what a started broker has more
/// with the full queue than with the empty one.
public final class OrderedBacklog {
    private static final int BODY_BYTES = 100;
    private static final String QUEUE = "backlog";

    /// What the journal's tail in memory holds for sure.
    private static final long IN_TAIL = 100_000;

    private static final int ROUNDS = 12;

    private enum Order {
        FIFO(0),
        LIFO(0),
        PRIORITIES(255);

        private final int priorities;

        Order(int priorities) {
            this.priorities = priorities;
        }

        Arguments arguments() {
            return switch (this) {
                case FIFO -> Arguments.NONE;
                case LIFO -> new Arguments(Map.of("x-delivery-order", "lifo"));
                case PRIORITIES -> new Arguments(Map.of("x-max-priority", priorities));
            };
        }

        IntSupplier priority() {
            var random = new SplittableRandom(1);
            return () -> random.nextInt(priorities + 1);
        }
    }

    private final Path directory;
    private final ExecutorService background;
    private final Loop loop;

    private OrderedBacklog(Path directory, ExecutorService background, Loop loop) {
        this.directory = directory;
        this.background = background;
        this.loop = loop;
    }

    public static void main(String[] arguments) {
        long messages = Long.parseLong(arguments[1]);
        System.out.println(Figures.head(
                "order",
                "in the tail, msg/s",
                "fill, msg/s",
                "heap a message, after restarts",
                "restart, ms",
                "drain, msg/s"));
        try (var background = Executors.newVirtualThreadPerTaskExecutor();
                var loop = new Loop()) {
            for (Order order : Order.values()) {
                Path directory = Path.of(arguments[0], order.name());
                new OrderedBacklog(directory, background, loop).run(order, messages);
            }
        }
    }

    private void run(Order order, long messages) {
        double inTail = with(broker -> bestInTail(broker, order));
        double filled = with(broker -> fill(broker, QUEUE, order, messages));
        long begin = System.nanoTime();
        double started = with(broker -> {
            double millis = (System.nanoTime() - begin) / 1e6;
            giveBackHalf(broker, messages);
            return millis;
        });
        var full = new long[1];
        double drained = with(broker -> {
            full[0] = usedHeap();
            return drain(broker, QUEUE, messages);
        });
        double heap = (double) (full[0] - with(_ -> usedHeap())) / messages;
        System.out.println(Figures.row(order, inTail, filled, "%.2f B".formatted(heap), started, drained));
    }

    /// The best of some rounds: the first ones are those in which the JVM compiles.
    private double bestInTail(LocalBroker broker, Order order) {
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String queue = "tail-" + round;
            fill(broker, queue, order, IN_TAIL);
            best = Math.max(best, drain(broker, queue, IN_TAIL));
        }
        return best;
    }

    private double fill(LocalBroker broker, String queue, Order order, long messages) {
        var filler = new Filler(loop, queue, BODY_BYTES, order.priority(), messages);
        BrokerSession session = loop.call(done -> done.complete(broker.open(session(), filler)));
        declare(session, queue, order);
        long begin = System.nanoTime();
        loop.execute(() -> filler.fill(session));
        filler.filled().join();
        double rate = messages * 1e9 / (System.nanoTime() - begin);
        close(session);
        return rate;
    }

    private double drain(LocalBroker broker, String queue, long messages) {
        BrokerSession session = open(broker);
        var drainer = new Drainer(session, messages, messages);
        loop.execute(() -> drainer.drain(queue));
        long[] times = drainer.drained().join();
        close(session);
        return messages * 1e9 / (times[1] - times[0]);
    }

    private void giveBackHalf(LocalBroker broker, long messages) {
        BrokerSession session = open(broker);
        var taker = new Taker(session, messages / 2);
        loop.execute(() -> taker.take(QUEUE));
        taker.taken().join();
        close(session);
    }

    private BrokerSession open(LocalBroker broker) {
        return loop.call(done -> done.complete(broker.open(session(), new Filler(loop, QUEUE, 0, () -> 0, 0))));
    }

    private SessionSpec session() {
        return new SessionSpec("backlog", new Principal("guest"), "/", loop);
    }

    private void declare(BrokerSession session, String queue, Order order) {
        QueueStatus _ = loop.<QueueStatus>call(done ->
                session.declareQueue(new QueueSpec(queue, true, false, false, order.arguments()), Reply.to(done)));
    }

    private void close(BrokerSession session) {
        loop.call(done -> {
            session.close();
            done.complete(true);
        });
    }

    private interface Use<T> {
        T of(LocalBroker broker);
    }

    /// Starts a broker, and stops it in order.
    private <T> T with(Use<T> use) {
        try (var flusher = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("flush-0").daemon().factory());
                var data = DataDirectory.open(directory)) {
            var random = new SecureRandom();
            try (var broker = LocalBroker.open(
                    recovery -> JournaledStorage.open(
                            data.openSegments(FileOptions.defaults(), background, random::nextLong),
                            data.openFacts(),
                            StorageOptions.defaults(),
                            new StorageThreads(flusher, background),
                            recovery),
                    BrokerOptions.defaults(),
                    new BrokerThreads(List.of(loop), background, Timer.SYSTEM),
                    InstantSource.system())) {
                return use.of(broker);
            }
        }
    }

    private static long usedHeap() {
        // The serial collector leaves some dead objects where they are, but in every fourth collection.
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}

package io.posthorn.broker;

import io.posthorn.log.Bytes;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.MemoryMetaStore;
import io.posthorn.log.MemorySegmentStore;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/// Publishes batches of 100, delivers and settles them, on one thread over memory, and prints the rate. Run by
/// hand: `java ... io.posthorn.broker.ThroughputMain [seconds]`.
final class ThroughputMain implements SessionListener, ReceiptSink, DeliverySink, Reply<ConsumerHandle> {
    private static final int BATCH = 100;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final HandExecutor loop = new HandExecutor(true);
    private final HandExecutor blocking = new HandExecutor(false);
    private final HandExecutor flusher = new HandExecutor(false);
    private final LocalBroker broker = LocalBroker.open(
            recovery -> JournaledStorage.open(
                    new MemorySegmentStore(),
                    new MemoryMetaStore(),
                    StorageOptions.inMemory(),
                    new StorageThreads(flusher, blocking),
                    recovery),
            BrokerOptions.forHeap(512 << 20),
            new BrokerThreads(List.of(loop), blocking, Timer.SYSTEM),
            InstantSource.system());
    private final BrokerSession session =
            broker.open(new SessionSpec("bench", new Principal("guest"), "/", loop), this);
    private ConsumerHandle consumer = session.getter();
    private long confirmed;
    private long delivered;
    private long bytes;

    private ThroughputMain() {}

    public static void main(String[] arguments) {
        int seconds = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
        new ThroughputMain().run(seconds);
    }

    private void run(int seconds) {
        session.declareQueue(new QueueSpec("q", true, false, false, Arguments.NONE), new Reply<>() {
            @Override
            public void ok(QueueStatus value) {}

            @Override
            public void failed(BrokerException cause) {
                throw cause;
            }
        });
        runAll();
        session.consume(new ConsumerSpec("q", "tag", false, false, 0, Arguments.NONE), this, this);
        runAll();
        Publisher publisher = session.publisher(this);
        var message = new Message(
                "",
                "q",
                List.of(),
                null,
                List.of(),
                new Bytes(new byte[100]),
                true,
                0,
                Message.NEVER,
                0,
                () -> Arguments.NONE);
        long sequence = 0;
        for (int second = 0; second < seconds; second++) {
            long before = delivered;
            long start = System.nanoTime();
            long cpu = THREADS.getCurrentThreadCpuTime();
            while (System.nanoTime() - start < 1_000_000_000L) {
                for (int i = 0; i < BATCH; i++) {
                    publisher.publish(message, sequence++);
                }
                session.flush();
                runAll();
            }
            double rate = (delivered - before) * 1e9 / (System.nanoTime() - start);
            double perCpu = (delivered - before) * 1e9 / (THREADS.getCurrentThreadCpuTime() - cpu);
            System.out.printf("%,.0f msg/s, %,.0f a CPU second%n", rate, perCpu);
        }
        System.out.println(broker.status());
        System.out.printf("%,d confirmed, %,d body bytes delivered%n", confirmed, bytes);
    }

    private void runAll() {
        while (loop.runAll() + flusher.runAll() + blocking.runAll() > 0) {
            // Each may bring work for the others.
        }
    }

    @Override
    public boolean deliver(Delivery delivery) {
        delivered++;
        bytes += delivery.message().body().length();
        session.settle(consumer, delivery.queue(), delivery.deliveryId(), Outcome.ACCEPTED);
        return true;
    }

    @Override
    public void flush() {
        session.flush();
    }

    @Override
    public void cancelled() {}

    @Override
    public void accepted(long first, long last) {
        confirmed += last - first + 1;
    }

    @Override
    public void refused(long first, long last, BrokerException cause) {
        throw cause;
    }

    @Override
    public void ok(ConsumerHandle value) {
        consumer = value;
    }

    @Override
    public void failed(BrokerException cause) {
        throw cause;
    }

    @Override
    public void alarms(Set<Alarm> on) {
        System.out.println("alarms: " + on);
    }

    @Override
    public void acceptsPublishes(boolean open) {
        System.out.println("publishes: " + open);
    }

    @Override
    public void ended(BrokerException cause) {}
}

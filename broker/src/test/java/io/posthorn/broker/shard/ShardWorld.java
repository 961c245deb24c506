package io.posthorn.broker.shard;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.HandExecutor;
import io.posthorn.broker.HandTime;
import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.SharedCredit;
import io.posthorn.broker.message.MessageEncoder;
import io.posthorn.broker.producer.Producers;
import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.queue.Forwards;
import io.posthorn.broker.queue.Getter;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.topic.AbortedTransaction;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.TestQueues;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.Recovery;
import io.posthorn.log.Snapshots;
import io.posthorn.log.StorageListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One shard over a storage moved by hand, on one thread.
final class ShardWorld {
    private static final int MACHINE = 1;

    private final FakeStorage storage;
    private final HandExecutor loop = new HandExecutor(true);
    private final HandExecutor blocking = new HandExecutor(false);
    private final HandTime time;
    private final MemoryBudget memory = new MemoryBudget(1 << 30, 0.6);
    private final Shard shard;
    private final Outlet outlet;
    private final Map<String, QueueEntry> queues;
    private final List<Taker> takers = new ArrayList<>();
    private final List<Arrival> arrived = new ArrayList<>();
    private final RecoveredQueues recovered = new RecoveredQueues();
    private final ShardRecovery recovery = new ShardRecovery(recovered);

    /// Sequence numbers in the order of their receipts.
    final List<Long> accepted = new ArrayList<>();

    final List<Long> refused = new ArrayList<>();

    /// Queues that their shard wants to be deleted.
    final List<QueueEntry> unused = new ArrayList<>();

    private long nextSequence = 1;
    private int bodies;

    ShardWorld(FakeStorage storage) {
        this(storage, new LinkedHashMap<>(), new HandTime());
    }

    /// @param mostUnsynced entries of the journal that may wait for the disk before the shard takes no more
    ShardWorld(FakeStorage storage, long mostUnsynced) {
        this(storage, new LinkedHashMap<>(), new HandTime(), mostUnsynced);
    }

    private ShardWorld(FakeStorage storage, Map<String, QueueEntry> queues, HandTime time) {
        this(storage, queues, time, Long.MAX_VALUE / 2);
    }

    private ShardWorld(FakeStorage storage, Map<String, QueueEntry> queues, HandTime time, long mostUnsynced) {
        this.storage = storage;
        this.time = time;
        this.queues = queues;
        storage.recover(new Recovery() {
            @Override
            public void restore(int machine, Bytes chunk) {
                recovery.apply(chunk);
            }

            @Override
            public void replay(int machine, Bytes event) {
                recovery.apply(event);
            }

            @Override
            public void batch(LogId log, long base, RecordBatch batch) {
                recovered.batch(log, base, batch);
            }
        });
        shard = new Shard(
                MACHINE,
                storage,
                new ShardThreads(loop, blocking, time, time),
                new ShardLimits(memory, 4096, mostUnsynced),
                new SharedServices(
                        unused::add,
                        (_, _, _, _) -> new NoForwards(),
                        BatchOpener.NONE,
                        new Compactor(storage, blocking, BatchOpener.NONE, 1 << 20)));
        outlet = new Outlet(shard, loop);
        queues.values().forEach(queue -> {
            if (queue.survivesRestart()) {
                shard.recovered(
                        queue,
                        queue.spec().arguments(),
                        recovered.take(queue.log()),
                        storage.health().cleanlyClosed());
            }
        });
        storage.start(
                new StorageListener() {
                    @Override
                    public void durable() {
                        shard.durable();
                    }

                    @Override
                    public void failed(LogException.Poisoned cause) {
                        shard.failed(cause);
                    }

                    @Override
                    public void spaceLow(boolean low) {}
                },
                new Snapshots() {
                    @Override
                    public void begin(SnapshotWriter writer) {
                        shard.submit(new Command.WriteSnapshot(writer));
                    }

                    @Override
                    public Set<Integer> machines() {
                        return Set.of(MACHINE);
                    }
                });
    }

    /// There is only this shard, and nowhere to go.
    private static final class NoForwards implements Forwards {
        @Override
        public int forward(Message message, long sequence, boolean dead) {
            return 0;
        }

        @Override
        public void flush() {}
    }

    record Arrival(Taker taker, Delivery delivery) {}

    void arrived(Taker taker, Delivery delivery) {
        arrived.add(new Arrival(taker, delivery));
    }

    /// What has been delivered since the last call, in order.
    List<Arrival> takeArrived() {
        var all = List.copyOf(arrived);
        arrived.clear();
        return all;
    }

    record Got(Taker taker, Answer<Optional<Delivery>> reply) {
        Optional<Delivery> answer() {
            return reply.get();
        }
    }

    HandTime time() {
        return time;
    }

    FakeStorage storage() {
        return storage;
    }

    MemoryBudget memory() {
        return memory;
    }

    Shard shard() {
        return shard;
    }

    List<Taker> takers() {
        return takers;
    }

    void run() {
        while (loop.runAll() + blocking.runAll() > 0) {
            // Each may bring work for the other.
        }
    }

    /// Runs one pass at most.
    void runOnePass() {
        loop.runOne();
    }

    void declare(String name) {
        open(TestQueues.durable(name, queues.size() + 1));
    }

    void declare(String name, Map<String, @Nullable Object> arguments) {
        open(TestQueues.durable(name, queues.size() + 1, new Arguments(arguments)));
    }

    void declare(String name, Arguments arguments) {
        open(TestQueues.durable(name, queues.size() + 1, arguments));
    }

    void declareNonDurable(String name) {
        open(TestQueues.nonDurable(name, queues.size() + 1));
    }

    private void open(QueueEntry entry) {
        queues.put(entry.name(), entry);
        shard.submit(new Command.Open(entry, entry.spec().arguments()));
        run();
    }

    QueueEntry queue(String name) {
        QueueEntry entry = queues.get(name);
        if (entry == null) {
            throw new AssertionError(name);
        }
        return entry;
    }

    void drop(String name) {
        shard.submit(new Command.Drop(queue(name)));
    }

    /// Publishes to one or more queues; the messages' bodies are 0, 1, 2, ...
    boolean publish(String names, int count, boolean persistent) {
        return publish(names, persistent, new int[count]);
    }

    /// Publishes one message of each of the priorities.
    boolean publish(String names, boolean persistent, int... priorities) {
        var builder = new BatchBuilder();
        var encoder = new MessageEncoder();
        for (int priority : priorities) {
            encoder.encode(message(Bytes.utf8("" + bodies++), persistent, priority), List.of(), builder);
        }
        var sequences = new OffsetRanges();
        sequences.add(nextSequence, nextSequence + priorities.length);
        nextSequence += priorities.length;
        var targets = List.of(names.split(",")).stream().map(this::queue).toArray(QueueEntry[]::new);
        var receipt = new Receipt(new Receipts(), sequences, 1);
        return shard.offer(
                new Command.Publish(new Publication(targets, builder.build(), persistent, false, receipt, outlet)));
    }

    /// Appends a batch as it is.
    Answer<Appended> append(String name, RecordBatch batch, boolean awaitsDurable) {
        return append(name, batch, new AppendRule(awaitsDurable, AppendRule.Origin.CLIENT));
    }

    Answer<Appended> append(String name, RecordBatch batch, AppendRule rule) {
        var reply = new Answer<Appended>();
        if (!shard.offer(new Command.Append(queue(name), batch, rule, reply))) {
            throw new AssertionError("the mailbox is full");
        }
        return reply;
    }

    /// Whether the shard takes one more.
    boolean offers(String name, RecordBatch batch) {
        var rule = new AppendRule(true, AppendRule.Origin.CLIENT);
        return shard.offer(new Command.Append(queue(name), batch, rule, new Answer<>()));
    }

    private final class Receipts implements ReceiptSink {
        @Override
        public void accepted(long first, long last) {
            for (long sequence = first; sequence <= last; sequence++) {
                accepted.add(sequence);
            }
        }

        @Override
        public void refused(long first, long last, BrokerException cause) {
            for (long sequence = first; sequence <= last; sequence++) {
                refused.add(sequence);
            }
        }
    }

    static Message message(Bytes body, boolean persistent) {
        return message(body, persistent, 0);
    }

    private static Message message(Bytes body, boolean persistent, int priority) {
        return new Message(
                "",
                "q",
                List.of(),
                null,
                List.of(),
                body,
                persistent,
                priority,
                Message.NEVER,
                0,
                () -> Arguments.NONE);
    }

    Taker consume(String name, int prefetch) {
        return consume(name, prefetch, false, false, new Answer<>());
    }

    Taker consume(String name, int prefetch, boolean autoSettle, boolean exclusive, Answer<Done> reply) {
        return consume(name, autoSettle, exclusive, prefetch, ConsumerSettings.DEFAULT, reply);
    }

    Taker consume(String name, int prefetch, ConsumerSettings settings) {
        return consume(name, false, false, prefetch, settings, new Answer<>());
    }

    private Taker consume(
            String name,
            boolean autoSettle,
            boolean exclusive,
            int prefetch,
            ConsumerSettings settings,
            Answer<Done> reply) {
        var taker = new Taker(this, name, prefetch);
        var consumer = new Consumer("tag", autoSettle, exclusive, prefetch, settings, taker);
        taker.holds(consumer);
        takers.add(taker);
        shard.submit(new Command.Consume(queue(name), consumer, reply));
        return taker;
    }

    Answer<Done> share(Taker taker, SharedCredit credit) {
        var reply = new Answer<Done>();
        shard.submit(new Command.Share(queue(taker.queue()), (Consumer) taker.holder(), credit, reply));
        return reply;
    }

    void resume(String name, Taker taker) {
        shard.submit(new Command.Resume(queue(name), (Consumer) taker.holder()));
    }

    Answer<Done> cancel(String name, Taker taker) {
        var reply = new Answer<Done>();
        shard.submit(new Command.Cancel(queue(name), (Consumer) taker.holder(), reply));
        return reply;
    }

    void close(String name, Taker taker) {
        takers.remove(taker);
        shard.submit(new Command.Release(queue(name), taker.holder()));
    }

    void settle(String name, Taker taker, Outcome outcome, OffsetRanges ranges) {
        shard.submit(new Command.Settle(queue(name), taker.holder(), outcome, ranges));
    }

    /// Accepts a range in a transaction.
    Answer<Done> commit(String name, Taker taker, OffsetRanges accepted) {
        var reply = new Answer<Done>();
        var settlement = new Command.Settle(queue(name), taker.holder(), Outcome.ACCEPTED, accepted);
        shard.submit(new Command.Commit(List.of(), List.of(settlement), reply));
        return reply;
    }

    void settle(String name, Taker taker, Outcome outcome, Delivery delivery) {
        var ranges = new OffsetRanges();
        ranges.add(delivery.deliveryId(), delivery.deliveryId() + 1);
        settle(name, taker, outcome, ranges);
    }

    Got get(String name) {
        var taker = new Taker(this, name, 0);
        var reply = new Answer<Optional<Delivery>>();
        shard.submit(new Command.Get(queue(name), (Getter) taker.holder(), false, reply));
        return new Got(taker, reply);
    }

    Answer<Long> askPurge(String name) {
        var reply = new Answer<Long>();
        shard.submit(new Command.Purge(queue(name), reply));
        return reply;
    }

    long purge(String name) {
        var reply = askPurge(name);
        run();
        return reply.get();
    }

    Answer<QueueStatus> askStatus(String name) {
        var reply = new Answer<QueueStatus>();
        shard.submit(new Command.Status(queue(name), false, reply));
        return reply;
    }

    QueueStatus status(String name) {
        var reply = askStatus(name);
        run();
        return reply.get();
    }

    void snapshot() {
        storage.beginSnapshot();
    }

    ShardWorld stopAndStart() {
        takers.forEach(taker -> shard.submit(new Command.Release(queue("q"), taker.holder())));
        shard.stop(() -> {});
        run();
        storage.sync();
        return new ShardWorld(storage.afterClose(), queues, time);
    }

    /// A crash that leaves so many entries of the journal.
    ShardWorld cutAndStart(int kept) {
        return new ShardWorld(storage.cut(kept), queues, time);
    }

    /// What is known of producers in "q".
    String facts() {
        run();
        QueueEntry entry = queue("q");
        var status = new Answer<List<ProducerStatus>>();
        shard.submit(new Command.Producers(entry, status));
        run();
        var live = java.util.Objects.requireNonNull(entry.live());
        return facts(status.get(), live.bounds().lastStable(), live.aborted(0, Long.MAX_VALUE));
    }

    /// What the batches of its log say.
    String factsOfBatches() {
        var known = new Producers();
        Log log = storage.open(queue("q").log());
        long end = log.bounds().end();
        try (LogSlice slice = log.read(log.bounds().start(), Integer.MAX_VALUE)) {
            slice.batches().forEach(batch -> known.appended(batch.baseOffset(), batch, 0));
        }
        known.visible(end);
        return facts(
                known.status(),
                Math.min(known.firstUnstable(), end),
                known.aborted().between(0, Long.MAX_VALUE));
    }

    private static String facts(List<ProducerStatus> producers, long lastStable, List<AbortedTransaction> aborted) {
        var sorted = producers.stream()
                .map(each -> new ProducerStatus(
                        each.producerId(),
                        each.epoch(),
                        each.lastSequence(),
                        0,
                        each.coordinatorEpoch(),
                        each.transactionStart()))
                .sorted(java.util.Comparator.comparingLong(ProducerStatus::producerId))
                .toList();
        return sorted + ", stable before " + lastStable + ", " + aborted;
    }

    ShardWorld killAndStart() {
        return new ShardWorld(storage.kill(), queues, time);
    }

    ShardWorld crashAndStart() {
        return new ShardWorld(storage.crash(), queues, time);
    }
}

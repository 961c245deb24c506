package io.posthorn.verification.simulation;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.log.RecordBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Appends to a queue, a stream and a topic by offsets, with producers that number their batches, try again and use
/// transactions, reads each way, and deletes; see [PartitionHistory] for what was promised.
final class PartitionWorkload extends ProcessWorkload {
    private static final String QUEUE = "queue";
    private static final String STREAM = "stream";
    private static final String TOPIC = "topic";
    private static final List<String> NAMES = List.of(QUEUE, STREAM, TOPIC, TOPIC);

    private final List<PartitionHistory> histories = new ArrayList<>();
    private final List<SimulatedProducer> producers = new ArrayList<>();
    private TaskQueues.@Nullable Queue reader;
    private int lives;
    private long lastValue;

    PartitionWorkload(Machine machine) {
        super(machine, 3);
        for (int i = 0; i < NAMES.size(); i++) {
            histories.add(new PartitionHistory(NAMES.get(i) + " " + i));
        }
        for (int i = 0; i < 4; i++) {
            producers.add(new SimulatedProducer(this, dice, i, i % 2 == 1));
        }
    }

    // ---- What producers use

    int partitions() {
        return NAMES.size();
    }

    PartitionHistory history(int partition) {
        return histories.get(partition);
    }

    int life() {
        return lives;
    }

    long now() {
        return machine.clock().millis();
    }

    List<Long> newValues(int count) {
        var values = new ArrayList<Long>();
        for (int i = 0; i < count; i++) {
            values.add(++lastValue);
        }
        return values;
    }

    void append(int partition, RecordBatch batch, AppendRule rule, Reply<Appended> reply) {
        machine.trace().add("append", history(partition).toString(), batch.producerId(), batch.baseSequence());
        session().topics().append(partition(partition), batch, rule, new Reply<>() {
            @Override
            public void ok(Appended appended) {
                machine.trace().add("appended", history(partition).toString(), appended.baseOffset(), 0);
                reply.ok(appended);
            }

            @Override
            public void failed(BrokerException cause) {
                machine.trace().add("refused", history(partition).toString(), batch.producerId(), 0);
                reply.failed(cause);
            }
        });
    }

    private Partition partition(int number) {
        return topic(NAMES.get(number)).partitions().get(number == NAMES.size() - 1 ? 1 : 0);
    }

    // ---- A process

    @Override
    void begun() {
        lives++;
        reader = machine.tasks().queue();
    }

    private TaskQueues.Queue reader() {
        return Objects.requireNonNull(reader);
    }

    @Override
    void declare() {
        declareQueue(QUEUE, Arguments.NONE);
        declareQueue(STREAM, new Arguments(Map.of("x-queue-type", "stream")));
        declareTopic(TOPIC, 2);
    }

    @Override
    void actOnce() {
        int what = dice.below(100);
        if (what < 65) {
            process().run(() -> dice.oneOf(producers).act());
        } else if (what < 75) {
            process().run(this::appendPlainly);
        } else if (what < 97) {
            int partition = dice.below(partitions());
            reader().runAsTask(() -> readSome(partition, someIsolation()));
        } else {
            process().run(() -> delete(dice.below(partitions())));
        }
    }

    private Isolation someIsolation() {
        return dice.chance(60) ? Isolation.READ_COMMITTED : Isolation.READ_UNCOMMITTED;
    }

    /// Nobody tries this again.
    private void appendPlainly() {
        int partition = dice.below(partitions());
        List<Long> values = newValues(dice.between(1, 3));
        boolean patient = dice.chance(50);
        append(
                partition,
                NumberedBatch.plain(now(), values),
                new AppendRule(patient, AppendRule.Origin.CLIENT),
                reply(appended -> {
                    if (patient) {
                        guarded(() -> history(partition).acknowledged(appended.baseOffset(), values));
                    }
                }));
    }

    private void delete(int number) {
        Partition partition = partition(number);
        PartitionBounds bounds = partition.bounds();
        if (bounds.highWatermark() == bounds.start()) {
            return;
        }
        long before = bounds.start() + dice.below((int) (bounds.highWatermark() - bounds.start())) / 2;
        history(number).askedToDelete(before);
        session().topics().deleteBefore(partition, before, reply(_ -> {}));
    }

    // ---- Reading

    private void readSome(int number, Isolation isolation) {
        Partition partition = partition(number);
        PartitionBounds bounds = partition.bounds();
        if (bounds.end(isolation) > bounds.start()) {
            long from = bounds.start() + dice.below((int) (bounds.end(isolation) - bounds.start()));
            try {
                var _ = readFrom(number, from, isolation, dice.below(2_000));
            } catch (BrokerException.OffsetOutOfRange _) {
                // It was deleted meanwhile.
            }
        }
    }

    /// @return behind the last batch that was read
    private long readFrom(int number, long from, Isolation isolation, int maxBytes, Set<Long> into) {
        Partition partition = partition(number);
        var topics = session().topics();
        try (PartitionSlice slice = topics.read(partition, from, maxBytes, isolation)) {
            if (slice.batches().isEmpty()) {
                return from;
            }
            long end = slice.batches().getLast().lastOffset() + 1;
            var aborted = isolation == Isolation.READ_COMMITTED
                    ? topics.aborted(partition, from, end)
                    : List.<io.posthorn.broker.topic.AbortedTransaction>of();
            guarded(() -> into.addAll(history(number).read(from, slice.batches(), slice.bounds(), isolation, aborted)));
            return end;
        }
    }

    private long readFrom(int number, long from, Isolation isolation, int maxBytes) {
        return readFrom(number, from, isolation, maxBytes, new HashSet<>());
    }

    private void readWholly(int number, Isolation isolation) {
        PartitionBounds bounds = partition(number).bounds();
        var values = new HashSet<Long>();
        long next = bounds.start();
        while (next < bounds.end(isolation)) {
            long end = readFrom(number, next, isolation, 3_000, values);
            if (end == next) {
                throw new InvariantBroken("%s: nothing is at %d, of %s".formatted(history(number), next, bounds));
            }
            next = end;
        }
        guarded(() -> history(number).wasReadWholly(values, bounds, isolation == Isolation.READ_COMMITTED));
        checkUnbroken();
    }

    // ---- The end

    @Override
    public void checkEverything() {
        machine.tasks().runAll();
        readEverything();
        for (int i = 0; i < 20; i++) {
            process().run(() -> producers.forEach(SimulatedProducer::finish));
            machine.tasks().runAll();
            checkUnbroken();
        }
        process()
                .run(() -> producers.forEach(each -> guarded(() -> {
                    if (!each.finish()) {
                        throw new InvariantBroken("a producer has waited in vain");
                    }
                })));
        machine.tasks().runAll();
        checkUnbroken();
        readEverything();
        for (int i = 0; i < partitions(); i++) {
            PartitionBounds bounds = partition(i).bounds();
            if (bounds.lastStable() != bounds.highWatermark()) {
                throw new InvariantBroken("%s: nothing is open, and yet %s".formatted(history(i), bounds));
            }
        }
        take(0, Arguments.NONE);
        PartitionBounds left = partition(0).bounds();
        if (left.start() != left.highWatermark()) {
            throw new InvariantBroken("everything was taken from the queue, and yet it keeps " + left);
        }
        take(1, new Arguments(Map.of("x-stream-offset", "first")));
        checkUnbroken();
    }

    private void readEverything() {
        for (int i = 0; i < partitions(); i++) {
            int number = i;
            reader().runAsTask(() -> {
                readWholly(number, Isolation.READ_UNCOMMITTED);
                readWholly(number, Isolation.READ_COMMITTED);
            });
        }
    }

    /// Takes everything as a consumer that settles each message.
    private void take(int number, Arguments arguments) {
        PartitionBounds bounds = partition(number).bounds();
        var values = new ArrayList<Long>();
        var handle = new ArrayList<ConsumerHandle>();
        DeliverySink sink = new DeliverySink() {
            @Override
            public boolean deliver(Delivery delivery) {
                values.add(delivery.message().body().asByteBuffer().getLong());
                session().settle(handle.getFirst(), delivery.queue(), delivery.deliveryId(), Outcome.ACCEPTED);
                return true;
            }

            @Override
            public void flush() {
                session().flush();
            }

            @Override
            public void cancelled() {}
        };
        var spec = new ConsumerSpec(NAMES.get(number), "consumer", false, false, 10, arguments);
        process().run(() -> session().consume(spec, sink, ProcessWorkload.<ConsumerHandle>reply(handle::add)));
        machine.tasks().runAll();
        history(number).wasTaken(values, bounds);
    }
}

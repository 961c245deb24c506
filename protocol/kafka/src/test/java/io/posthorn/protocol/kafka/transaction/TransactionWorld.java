package io.posthorn.protocol.kafka.transaction;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.TransactionResult;
import org.jspecify.annotations.Nullable;

/// A coordinator, its log and some partitions, all of which forget at a crash what was not durable. Time
/// and threads are steps that a seed chooses.
final class TransactionWorld implements TransactionLog, Markers {
    private static final int LOG_PARTITIONS = 2;

    private final Random random;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Tail<Fact>> facts = new ArrayList<>();
    private final Map<TopicPartition, Tail<Event>> partitions = new LinkedHashMap<>();
    private final List<Runnable> onTheWay = new ArrayList<>();
    private OpenTransactions open = new OpenTransactions();
    private TransactionCoordinator coordinator;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean mayFail = true;
    private int life;

    /// What a partition holds.
    sealed interface Event {
        record Batch(ProducerIdAndEpoch producer, String transaction) implements Event {}

        record Marker(ProducerIdAndEpoch producer, TransactionResult result, short version) implements Event {}
    }

    /// A log of which the end is not durable yet.
    private static final class Tail<T> {
        private final List<T> all = new ArrayList<>();
        private final ArrayDeque<CompletableFuture<Boolean>> waiting = new ArrayDeque<>();
        private int durable;

        CompletableFuture<Boolean> append(List<T> added) {
            var reply = new CompletableFuture<Boolean>();
            for (int i = 0; i < added.size(); i++) {
                all.add(added.get(i));
                waiting.add(i == added.size() - 1 ? reply : new CompletableFuture<>());
            }
            return reply;
        }

        void sync(int count) {
            for (int i = 0; i < count && !waiting.isEmpty(); i++) {
                durable++;
                waiting.remove().complete(true);
            }
        }

        void crash() {
            all.subList(durable, all.size()).clear();
            waiting.clear();
        }
    }

    TransactionWorld(Random random, List<TopicPartition> partitions) {
        this.random = random;
        for (int i = 0; i < LOG_PARTITIONS; i++) {
            facts.add(new Tail<>());
        }
        partitions.forEach(partition -> this.partitions.put(partition, new Tail<>()));
        this.coordinator = newCoordinator();
    }

    private TransactionCoordinator newCoordinator() {
        int its = life;
        return new TransactionCoordinator(
                this,
                this,
                open,
                () -> now,
                task -> {
                    // What belongs to the life before the crash runs no more.
                    tasks.add(() -> {
                        if (its == life) {
                            task.run();
                        }
                    });
                },
                0,
                load());
    }

    TransactionCoordinator coordinator() {
        return coordinator;
    }

    OpenTransactions open() {
        return open;
    }

    /// Changes with every crash.
    int life() {
        return life;
    }

    // ---- The log

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public void create() {}

    @Override
    public Map<String, TransactionalProducer> load() {
        var loaded = new HashMap<String, TransactionalProducer>();
        for (Tail<Fact> partition : facts) {
            for (Fact fact : partition.all) {
                if (fact.producer() == null) {
                    loaded.remove(fact.transactionalId());
                } else {
                    // As it comes back from bytes.
                    loaded.put(
                            fact.transactionalId(),
                            TransactionRecords.producer(TransactionRecords.value(fact.producer())));
                }
            }
        }
        return loaded;
    }

    @Override
    public int partitionOf(String transactionalId) {
        return Math.floorMod(transactionalId.hashCode(), LOG_PARTITIONS);
    }

    @Override
    public CompletionStage<?> write(int partition, List<Fact> added) {
        if (fails()) {
            if (random.nextBoolean()) {
                var _ = facts.get(partition).append(added);
            }
            return CompletableFuture.failedFuture(new IllegalStateException("the log is full"));
        }
        return facts.get(partition).append(added);
    }

    // ---- The partitions

    @Override
    public CompletionStage<?> write(
            TopicPartition partition, ProducerIdAndEpoch producer, TransactionResult result, short transactionVersion) {
        var reply = new CompletableFuture<Boolean>();
        onTheWay.add(() -> {
            if (fails() && random.nextBoolean()) {
                reply.completeExceptionally(new IllegalStateException("the partition is full"));
                return;
            }
            CompletableFuture<Boolean> written =
                    append(partition, new Event.Marker(producer, result, transactionVersion));
            if (fails()) {
                reply.completeExceptionally(new IllegalStateException("the partition failed"));
            } else {
                var _ = written.thenAccept(reply::complete);
            }
        });
        return reply;
    }

    /// @return completes when durable; fails when the partition knows a newer epoch, or has a transaction of this one
    /// open that the marker of another would end
    CompletableFuture<Boolean> append(TopicPartition partition, Event event) {
        ProducerIdAndEpoch producer = producerOf(event);
        Tail<Event> tail = requireNonNull(partitions.get(partition));
        boolean isOpen = false;
        for (Event before : tail.all) {
            if (producerOf(before).id() == producer.id()) {
                if (producerOf(before).epoch() > producer.epoch()) {
                    return CompletableFuture.failedFuture(new IllegalStateException("fenced by the partition"));
                }
                isOpen = before instanceof Event.Batch && producerOf(before).epoch() == producer.epoch();
            }
        }
        if (isOpen && event instanceof Event.Marker marker && marker.version() >= Transitions.EPOCH_PER_END) {
            return CompletableFuture.failedFuture(new IllegalStateException("the marker of another transaction"));
        }
        return tail.append(List.of(event));
    }

    private static ProducerIdAndEpoch producerOf(Event event) {
        return switch (event) {
            case Event.Batch batch -> batch.producer();
            case Event.Marker marker -> marker.producer();
        };
    }

    /// Something that arrives at its partition some time.
    void later(Runnable arrival) {
        onTheWay.add(arrival);
    }

    private boolean fails() {
        return mayFail && random.nextInt(20) == 0;
    }

    // ---- Steps

    /// One thing that happens of itself.
    void step() {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> runTasks(1 + random.nextInt(6));
            case 3, 4 -> anyLog().sync(1 + random.nextInt(3));
            case 5, 6 -> anyPartition().sync(1 + random.nextInt(3));
            case 7, 8 -> arrive();
            default -> tick(Duration.ofMillis(random.nextInt(500)));
        }
    }

    private void runTasks(int count) {
        for (int i = 0; i < count; i++) {
            runTask();
        }
    }

    private void runTask() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
    }

    private void arrive() {
        if (!onTheWay.isEmpty()) {
            onTheWay.remove(random.nextInt(onTheWay.size())).run();
        }
    }

    private void tick(Duration passed) {
        now = now.plus(passed);
        tasks.add(() -> coordinator.tick(() -> Duration.ofDays(7)));
    }

    private Tail<Fact> anyLog() {
        return facts.get(random.nextInt(facts.size()));
    }

    private Tail<Event> anyPartition() {
        return new ArrayList<>(partitions.values()).get(random.nextInt(partitions.size()));
    }

    void crash() {
        life++;
        tasks.clear();
        onTheWay.clear();
        facts.forEach(Tail::crash);
        partitions.values().forEach(Tail::crash);
        open = new OpenTransactions();
        coordinator = newCoordinator();
    }

    /// Lets everything come to its end: nothing fails any more, and time passes.
    void settle(Duration longest) {
        mayFail = false;
        for (int round = 0; round < 20; round++) {
            while (!tasks.isEmpty() || !onTheWay.isEmpty()) {
                runTask();
                arrive();
                facts.forEach(log -> log.sync(Integer.MAX_VALUE));
                partitions.values().forEach(partition -> partition.sync(Integer.MAX_VALUE));
            }
            tick(longest);
        }
        runTask();
    }

    // ---- What became of it

    enum Fate {
        COMMITTED,
        ABORTED
    }

    /// The fates of each transaction's batches, as a reader of committed records sees them.
    Map<String, Set<Fate>> fates(int seed) {
        var fates = new HashMap<String, Set<Fate>>();
        partitions.forEach((name, tail) -> {
            Map<Long, List<String>> openThere = new HashMap<>();
            for (Event event : tail.all) {
                switch (event) {
                    case Event.Batch(var producer, var transaction) ->
                        openThere
                                .computeIfAbsent(producer.id(), _ -> new ArrayList<>())
                                .add(transaction);
                    case Event.Marker(var producer, var result, var _) -> {
                        List<String> ended = openThere.remove(producer.id());
                        for (String transaction : ended == null ? List.<String>of() : ended) {
                            fates.computeIfAbsent(transaction, _ -> new HashSet<>())
                                    .add(result == TransactionResult.COMMIT ? Fate.COMMITTED : Fate.ABORTED);
                        }
                    }
                }
            }
            assertThat(openThere)
                    .as("seed %d, what is open for ever in %s", seed, name)
                    .isEmpty();
        });
        return fates;
    }

    @Nullable
    TransactionalProducer durable(String transactionalId) {
        return load().get(transactionalId);
    }
}

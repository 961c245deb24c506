package io.posthorn.verification.conformance.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A consumer of Kafka's own client that polls on a thread of its own, as programs do, and tells what has happened to
/// it. Thread-safe.
final class GroupMember implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// Wakes whoever waits for something to become true of any member.
    private static final Object CHANGED = new Object();

    private final KafkaConsumer<String, String> consumer;
    private final Thread thread;
    private final Queue<Consumer<KafkaConsumer<String, String>>> tasks = new ConcurrentLinkedQueue<>();
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final List<String> values = new ArrayList<>();
    private int rebalances;
    private volatile boolean isClosed;

    GroupMember(KafkaServer server, Map<String, Object> config, Consumer<Subscription> subscribe) {
        Map<String, Object> all = new HashMap<>(server.clientConfig());
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        all.putAll(config);
        consumer = new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
        subscribe.accept(new Subscription(consumer, new Listener()));
        thread = Thread.ofPlatform().name("member").start(this::poll);
    }

    /// What a member is subscribed with.
    record Subscription(KafkaConsumer<String, String> consumer, ConsumerRebalanceListener listener) {}

    static GroupMember of(KafkaServer server, Map<String, Object> config, String... topics) {
        return new GroupMember(server, config, to -> to.consumer().subscribe(List.of(topics), to.listener()));
    }

    private void poll() {
        while (!isClosed) {
            Consumer<KafkaConsumer<String, String>> task;
            while ((task = tasks.poll()) != null) {
                task.accept(consumer);
            }
            for (ConsumerRecord<String, String> message : consumer.poll(Duration.ofMillis(100))) {
                synchronized (CHANGED) {
                    values.add(message.value());
                }
            }
            changed();
        }
        consumer.close();
    }

    private static void changed() {
        synchronized (CHANGED) {
            CHANGED.notifyAll();
        }
    }

    /// Waits until something is true that members bring about.
    static void await(String what, BooleanSupplier isTrue) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (CHANGED) {
            while (!isTrue.getAsBoolean()) {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (millis <= 0) {
                    throw new AssertionError("it never came about that " + what);
                }
                CHANGED.wait(Math.min(millis, 100));
            }
        }
    }

    Set<TopicPartition> assigned() {
        synchronized (CHANGED) {
            return Set.copyOf(assigned);
        }
    }

    List<String> values() {
        synchronized (CHANGED) {
            return List.copyOf(values);
        }
    }

    /// How often partitions came or went.
    int rebalances() {
        synchronized (CHANGED) {
            return rebalances;
        }
    }

    void awaitAssigned(int partitions) throws InterruptedException {
        await(partitions + " partitions are assigned", () -> assigned.size() == partitions);
    }

    void awaitValues(int count) throws InterruptedException {
        await(count + " records have come", () -> values.size() >= count);
    }

    void commit() {
        run(KafkaConsumer::commitSync);
    }

    /// Does something on the member's own thread.
    void run(Consumer<KafkaConsumer<String, String>> task) {
        var done = new CompletableFuture<Boolean>();
        tasks.add(client -> {
            try {
                task.accept(client);
                done.complete(true);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        done.orTimeout(1, TimeUnit.MINUTES).join();
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Listener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            note(() -> assigned.removeAll(partitions));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            note(() -> assigned.addAll(partitions));
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            note(() -> assigned.removeAll(partitions));
        }

        private void note(Runnable change) {
            synchronized (CHANGED) {
                change.run();
                rebalances++;
            }
            changed();
        }
    }
}

package io.posthorn.verification.conformance.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A consumer of Kafka's own client in a share group that polls on a thread of its own, as programs do. Thread-safe.
final class ShareMember implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// What is done with each record.
    interface Handler extends BiConsumer<KafkaShareConsumer<String, String>, ConsumerRecord<String, String>> {}

    private final KafkaShareConsumer<String, String> consumer;
    private final Handler handler;
    private final Thread thread;
    private final LinkedBlockingQueue<ConsumerRecord<String, String>> records = new LinkedBlockingQueue<>();
    private volatile boolean isClosed;
    private volatile Duration farewell = Duration.ofSeconds(10);

    private ShareMember(Map<String, Object> config, Handler handler, List<String> topics) {
        this.handler = handler;
        consumer = new KafkaShareConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(topics);
        thread = Thread.ofPlatform().name("share-member").start(this::poll);
    }

    /// Accepts everything that it gets, with the next poll.
    static ShareMember accepting(KafkaServer server, String group, String... topics) {
        return of(server, group, Map.of(), (_, _) -> {}, topics);
    }

    /// Says of each record what is to become of it.
    static ShareMember deciding(KafkaServer server, String group, Handler handler, String... topics) {
        return of(server, group, Map.of("share.acknowledgement.mode", "explicit"), handler, topics);
    }

    static ShareMember of(
            KafkaServer server, String group, Map<String, Object> more, Handler handler, String... topics) {
        return at(server.address(), group, more, handler, topics);
    }

    static ShareMember at(String address, String group, Map<String, Object> more, Handler handler, String... topics) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", address));
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.putAll(more);
        return new ShareMember(config, handler, List.of(topics));
    }

    private void poll() {
        try {
            while (!isClosed) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    handler.accept(consumer, each);
                    records.add(each);
                }
            }
        } catch (WakeupException closing) {
            // That is how it is told.
        }
        consumer.close(farewell);
    }

    /// The next records that come, so many.
    List<ConsumerRecord<String, String>> take(int count) throws InterruptedException {
        var taken = new ArrayList<ConsumerRecord<String, String>>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (taken.size() < count) {
            var next = records.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError("only " + taken.size() + " of " + count + " records have come");
            }
            taken.add(next);
        }
        return taken;
    }

    List<String> takeValues(int count) throws InterruptedException {
        return take(count).stream().map(ConsumerRecord::value).toList();
    }

    /// What has come and was not taken.
    List<String> rest() {
        var taken = new ArrayList<ConsumerRecord<String, String>>();
        records.drainTo(taken);
        return taken.stream().map(ConsumerRecord::value).toList();
    }

    /// Ends what its handler waits for.
    void interrupt() {
        thread.interrupt();
    }

    /// Ends without a word to the broker.
    void vanish() {
        farewell = Duration.ZERO;
        close();
    }

    @Override
    public void close() {
        isClosed = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

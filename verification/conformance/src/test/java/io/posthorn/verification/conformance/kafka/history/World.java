package io.posthorn.verification.conformance.kafka.history;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// What all loads know: where the broker is, what they write down, and whether they are to stop. Thread-safe.
final class World {
    static final int PARTITIONS = 3;

    /// Written by many producers, without transactions; read by groups.
    static final String PLAIN = "plain";

    /// Written in transactions.
    static final String ALL_OR_NOTHING = "all-or-nothing";

    /// Made of the records of the first, each once.
    static final String MADE = "made";

    static final List<String> TOPICS = List.of(PLAIN, ALL_OR_NOTHING, MADE);

    private final String address;
    private final History history;
    private final long seed;
    private volatile boolean isOver;

    World(String address, History history, long seed) {
        this.address = address;
        this.history = history;
        this.seed = seed;
    }

    void note(Event event) {
        history.add(event);
    }

    /// One for each load: what it does follows from the seed, when it does it does not.
    SplittableRandom random(String load) {
        return new SplittableRandom(seed * 31 + load.hashCode());
    }

    boolean isOver() {
        return isOver;
    }

    void end() {
        isOver = true;
    }

    static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    static long end(KafkaConsumer<String, String> consumer, TopicPartition partition) {
        return Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
    }

    KafkaProducer<String, String> producer(Map<String, Object> more) {
        return new KafkaProducer<>(config(more), new StringSerializer(), new StringSerializer());
    }

    KafkaConsumer<String, String> consumer(Map<String, Object> more) {
        Map<String, Object> config = config(Map.of("enable.auto.commit", "false", "fetch.max.wait.ms", "100"));
        config.putAll(more);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private Map<String, Object> config(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", address);
        config.put("reconnect.backoff.max.ms", "100");
        config.put("retry.backoff.max.ms", "100");
        return config;
    }
}

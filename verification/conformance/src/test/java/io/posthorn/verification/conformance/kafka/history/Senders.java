package io.posthorn.verification.conformance.kafka.history;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Programs that send without transactions and wait for `acks=all`.
final class Senders {
    private static final int MOST_AT_ONCE = 30;

    private Senders() {}

    /// Whose retries the broker recognises.
    static Runnable idempotent(World world, String name) {
        return () -> send(world, name, Map.of("linger.ms", "2"), false);
    }

    /// Which may repeat itself when an answer is lost.
    static Runnable plain(World world, String name) {
        return () -> send(
                world, name, Map.of("enable.idempotence", "false", "acks", "all", "compression.type", "lz4"), true);
    }

    private static void send(World world, String name, Map<String, Object> config, boolean mayRepeat) {
        SplittableRandom random = world.random(name);
        for (int instance = 1; !world.isOver(); instance++) {
            var sender = new Sender(world, name + '-' + instance, mayRepeat);
            try (KafkaProducer<String, String> producer = world.producer(config)) {
                while (!world.isOver() && !sender.hasFailed.get()) {
                    for (int n = random.nextInt(1, MOST_AT_ONCE); n > 0; n--) {
                        sender.send(producer, random.nextInt(World.PARTITIONS));
                    }
                    if (random.nextInt(4) == 0) {
                        producer.flush();
                    }
                    LockSupport.parkNanos(
                            Duration.ofMillis(random.nextInt(1, 12)).toNanos());
                }
            } catch (KafkaException lost) {
                // Another instance goes on.
                sender.hasFailed.set(true);
            }
        }
    }

    /// One instance of a producer.
    private static final class Sender {
        private final World world;
        private final String name;
        private final boolean mayRepeat;
        private final AtomicBoolean hasFailed = new AtomicBoolean();
        private long sequence;

        Sender(World world, String name, boolean mayRepeat) {
            this.world = world;
            this.name = name;
            this.mayRepeat = mayRepeat;
        }

        void send(KafkaProducer<String, String> producer, int partition) {
            var to = new TopicPartition(World.PLAIN, partition);
            var id = new Id(name, sequence++, "");
            world.note(new Event.Sending(id, to, mayRepeat));
            var _ = producer.send(new ProducerRecord<>(to.topic(), partition, name, id.value()), (at, failure) -> {
                if (failure == null) {
                    world.note(new Event.Acknowledged(id, to, at.offset()));
                } else {
                    hasFailed.set(true);
                }
            });
        }
    }
}

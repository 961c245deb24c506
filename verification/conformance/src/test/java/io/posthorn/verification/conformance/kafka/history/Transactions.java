package io.posthorn.verification.conformance.kafka.history;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Programs that write in transactions.
final class Transactions {
    private static final int MOST_RECORDS = 8;

    private Transactions() {}

    /// Commits most of what it begins, and gives up the rest.
    static Runnable some(World world, String transactionalId) {
        return () -> {
            SplittableRandom random = world.random(transactionalId);
            boolean isDone = false;
            for (int instance = 1; !isDone; instance++) {
                try (var transactor = new Transactor(world, transactionalId, transactionalId + '-' + instance)) {
                    transactor.initialize();
                    while (!world.isOver()) {
                        transactor.begin();
                        for (int n = random.nextInt(1, MOST_RECORDS); n > 0; n--) {
                            int partition = random.nextInt(World.PARTITIONS);
                            transactor.send(new TopicPartition(World.ALL_OR_NOTHING, partition));
                        }
                        LockSupport.parkNanos(
                                Duration.ofMillis(random.nextInt(10)).toNanos());
                        transactor.end(random.nextInt(3) > 0);
                    }
                    isDone = true;
                } catch (KafkaException lost) {
                    // The next instance ends what this one has begun.
                    isDone = false;
                }
            }
        };
    }

    /// Makes a record of each that it reads, and commits both together; goes on to the end of what is there.
    static Runnable pipe(World world, String group) {
        return () -> {
            boolean isDone = false;
            for (int instance = 1; !isDone; instance++) {
                Map<String, Object> config =
                        Map.of("group.id", group, "auto.offset.reset", "earliest", "isolation.level", "read_committed");
                try (KafkaConsumer<String, String> consumer = world.consumer(config);
                        var transactor = new Transactor(world, group, group + '-' + instance)) {
                    transactor.initialize();
                    consumer.subscribe(List.of(World.PLAIN));
                    while (!isDone) {
                        ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                        if (!records.isEmpty()) {
                            pipe(world, records, consumer, transactor);
                        } else {
                            isDone = world.isOver() && isAtTheEnd(consumer);
                        }
                    }
                } catch (KafkaException lost) {
                    // The next instance begins where this one has committed.
                    isDone = false;
                }
            }
        };
    }

    private static void pipe(
            World world,
            ConsumerRecords<String, String> records,
            KafkaConsumer<String, String> consumer,
            Transactor transactor) {
        transactor.begin();
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        for (ConsumerRecord<String, String> record : records) {
            var from = new TopicPartition(record.topic(), record.partition());
            Id id = transactor.send(new TopicPartition(World.MADE, record.partition()));
            world.note(new Event.Piped(id, from, record.offset()));
            next.put(from, new OffsetAndMetadata(record.offset() + 1));
        }
        transactor.producer().sendOffsetsToTransaction(next, consumer.groupMetadata());
        transactor.end(true);
    }

    private static boolean isAtTheEnd(KafkaConsumer<String, String> consumer) {
        List<TopicPartition> all = World.partitions(World.PLAIN);
        return consumer.assignment().containsAll(all)
                && all.stream().allMatch(partition -> consumer.position(partition) == World.end(consumer, partition));
    }
}

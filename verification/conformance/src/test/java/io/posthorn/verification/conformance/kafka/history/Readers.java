package io.posthorn.verification.conformance.kafka.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Programs that read while the broker comes and goes.
final class Readers {
    private Readers() {}

    /// Keeps its own place in all partitions of all topics, and sees only what is committed.
    static Runnable alone(World world, String name) {
        return () -> {
            Map<String, Object> config = Map.of("isolation.level", "read_committed", "auto.offset.reset", "none");
            try (KafkaConsumer<String, String> consumer = world.consumer(config)) {
                List<TopicPartition> all = new ArrayList<>();
                World.TOPICS.forEach(topic -> all.addAll(World.partitions(topic)));
                consumer.assign(all);
                consumer.seekToBeginning(all);
                while (!world.isOver()) {
                    note(world, name, true, consumer.poll(Duration.ofMillis(100)));
                }
            } catch (InvalidOffsetException misplaced) {
                world.note(new Event.Misplaced(name, misplaced.toString()));
            }
        };
    }

    /// Commits what it has read, in a group with others.
    ///
    /// @param protocol `classic` or `consumer`
    static Runnable member(World world, String group, String name, String protocol) {
        return () -> {
            Map<String, Object> config =
                    Map.of("group.id", group, "group.protocol", protocol, "auto.offset.reset", "earliest");
            try (KafkaConsumer<String, String> consumer = world.consumer(config)) {
                consumer.subscribe(List.of(World.PLAIN));
                while (!world.isOver()) {
                    ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                    note(world, group + '/' + name, false, records);
                    commit(world, group, name, consumer, records);
                }
            }
        };
    }

    private static void note(
            World world, String reader, boolean committedOnly, ConsumerRecords<String, String> records) {
        for (ConsumerRecord<String, String> record : records) {
            var at = new TopicPartition(record.topic(), record.partition());
            world.note(new Event.Read(reader, committedOnly, at, record.offset(), Id.of(record.value())));
        }
    }

    private static void commit(
            World world,
            String group,
            String name,
            KafkaConsumer<String, String> consumer,
            ConsumerRecords<String, String> records) {
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        records.forEach(record -> next.put(
                new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1)));
        next.forEach((partition, offset) -> world.note(new Event.Committing(group, partition, offset.offset())));
        try {
            consumer.commitSync(next);
        } catch (KafkaException unknown) {
            // Whoever has the partition now reads it from where somebody has committed.
            return;
        }
        next.forEach((partition, offset) -> world.note(new Event.Committed(group, name, partition, offset.offset())));
    }
}

package io.posthorn.verification.conformance.kafka.history;

import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.protocol.kafka.TestRequests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.requests.FetchResponse;

/// What there is at the end: every batch as it lies in the log, and which records are seen by who reads what is
/// committed.
final class FinalReading {
    /// The last one that names topics by their names.
    private static final int FETCH_BY_NAME = 12;

    private final World world;
    private final RawKafka raw;

    FinalReading(World world, RawKafka raw) {
        this.world = world;
        this.raw = raw;
    }

    void read() throws IOException {
        for (String topic : World.TOPICS) {
            for (TopicPartition partition : World.partitions(topic)) {
                read(partition, visible(partition));
            }
        }
    }

    private Set<Long> visible(TopicPartition partition) {
        Set<Long> offsets = new HashSet<>();
        try (KafkaConsumer<String, String> consumer = world.consumer(Map.of("isolation.level", "read_committed"))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = World.end(consumer, partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    offsets.add(record.offset());
                }
            }
        }
        return offsets;
    }

    private void read(TopicPartition partition, Set<Long> visible) throws IOException {
        long next = 0;
        PartitionData answer;
        do {
            var from = TestRequests.topic(partition.topic(), TestRequests.partition(partition.partition(), next));
            answer = TestRequests.only(
                    raw.ask(TestRequests.request(FETCH_BY_NAME, TestRequests.fetch(0, from)), FetchResponse.class));
            for (RecordBatch batch : ((Records) answer.records()).batches()) {
                world.note(new Event.Batch(partition, batch.baseOffset(), batch.lastOffset(), batch.isControlBatch()));
                if (!batch.isControlBatch()) {
                    batch.forEach(record -> keep(partition, record, visible));
                }
                next = batch.nextOffset();
            }
        } while (next < answer.highWatermark());
    }

    private void keep(TopicPartition partition, Record record, Set<Long> visible) {
        Id id = Id.of(StandardCharsets.UTF_8.decode(record.value()).toString());
        world.note(new Event.Kept(partition, record.offset(), id, visible.contains(record.offset())));
    }
}

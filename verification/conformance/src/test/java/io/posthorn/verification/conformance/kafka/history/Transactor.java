package io.posthorn.verification.conformance.kafka.history;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// One instance of a producer with a transactional id. Whoever uses it makes another one when this one has failed; that
/// one finds out how the last transaction has ended.
final class Transactor implements AutoCloseable {
    private final World world;
    private final String name;
    private final KafkaProducer<String, String> producer;
    private long sequence;
    private long transactions;
    private String transaction = "";

    /// @param name of this instance
    Transactor(World world, String transactionalId, String name) {
        this.world = world;
        this.name = name;
        this.producer = world.producer(Map.of("transactional.id", transactionalId, "max.block.ms", "120000"));
    }

    /// Until this one is told so, another one may be at work.
    void initialize() {
        producer.initTransactions();
    }

    KafkaProducer<String, String> producer() {
        return producer;
    }

    void begin() {
        transaction = name + '/' + ++transactions;
        producer.beginTransaction();
    }

    Id send(TopicPartition to) {
        var id = new Id(name, sequence++, transaction);
        world.note(new Event.Sending(id, to, false));
        var _ = producer.send(new ProducerRecord<>(to.topic(), to.partition(), name, id.value()), (at, failure) -> {
            if (failure == null) {
                world.note(new Event.Acknowledged(id, to, at.offset()));
            }
        });
        return id;
    }

    void end(boolean commits) {
        world.note(new Event.Ending(transaction, commits));
        if (commits) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
        world.note(new Event.Ended(transaction, commits));
    }

    /// Without waiting for what is under way.
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}

package io.posthorn.protocol.kafka.transaction;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Where the coordinator keeps what it knows: of each transactional id the newest fact counts. Thread-safe.
interface TransactionLog {
    /// Under this name, which no client can have, stands how far producer ids are given out: the producer
    /// id of its producer is the first that is not.
    String RESERVATION = "";

    /// @param producer null when the transactional id is forgotten
    record Fact(String transactionalId, @Nullable TransactionalProducer producer) {}

    boolean exists();

    /// Makes an empty one. Blocks.
    ///
    /// @throws io.posthorn.broker.BrokerException when it could not be made
    void create();

    /// Reads all of it. Blocks.
    ///
    /// @throws io.posthorn.broker.BrokerException when it could not be read
    Map<String, TransactionalProducer> load();

    /// Facts of one partition are kept together and in the order of the calls.
    int partitionOf(String transactionalId);

    /// @return completes, on any thread, once the facts are durable. When it fails, they may be there
    /// nevertheless, or some day
    CompletionStage<?> write(int partition, List<Fact> facts);
}

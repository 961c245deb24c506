package io.posthorn.protocol.kafka.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// A log that is durable at once, unless it is told otherwise.
final class FakeTransactionLog implements TransactionLog {
    CompletionStage<Boolean> writes = CompletableFuture.completedStage(true);
    final List<Fact> facts = new ArrayList<>();

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public void create() {}

    @Override
    public Map<String, TransactionalProducer> load() {
        return Map.of();
    }

    @Override
    public int partitionOf(String transactionalId) {
        return 0;
    }

    @Override
    public CompletionStage<?> write(int partition, List<Fact> written) {
        facts.addAll(written);
        return writes;
    }
}

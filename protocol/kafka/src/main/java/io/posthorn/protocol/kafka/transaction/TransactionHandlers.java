package io.posthorn.protocol.kafka.transaction;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/// Everything about producers and transactions that is asked for by requests.
public final class TransactionHandlers {
    private TransactionHandlers() {}

    /// One of them closes the coordinator.
    ///
    /// @param offsetsOf which partition the offsets of a group are in
    public static List<ApiHandler> of(
            Surroundings around,
            TransactionCoordination coordination,
            Function<String, CompletionStage<TopicPartition>> offsetsOf) {
        return List.of(
                new ProducerHandler(coordination),
                new TransactionHandler(coordination, offsetsOf),
                new TransactionListHandler(coordination, around.clock()),
                new MarkerHandler(coordination));
    }
}

package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;

/// Carries out what a request says of records, partition by partition. Confined to the io thread of the request.
final class Settlement {
    private final CompletableFuture<Map<TopicIdPartition, Errors>> result = new CompletableFuture<>();
    private final Map<TopicIdPartition, Errors> answers = new LinkedHashMap<>();

    /// Answers that are still to come, and one until all have been asked for.
    private int missing = 1;

    /// @return completes on the io thread, when everything is durable
    static CompletableFuture<Map<TopicIdPartition, Errors>> of(
            KafkaRequest request, Cluster cluster, ShareSession session, List<Acknowledgements> all) {
        var settlement = new Settlement();
        all.forEach(each -> settlement.settle(request, cluster, session, each));
        settlement.arrived();
        return settlement.result;
    }

    private void settle(KafkaRequest request, Cluster cluster, ShareSession session, Acknowledgements said) {
        SharedPartition partition = session.partition(said.partition());
        Errors found = partition.find(request.topics(), cluster);
        if (found != Errors.NONE) {
            session.notFound(said.partition());
        }
        TopicIdPartition id = partition.id();
        if (found == Errors.UNKNOWN_TOPIC_ID || said.error() == Errors.NONE) {
            answers.put(id, found);
        } else {
            answers.put(id, said.error());
        }
        if (answers.get(id) == Errors.NONE && !said.ends().isEmpty()) {
            missing++;
            partition.holder().end(said.ends(), new Ended(id));
        }
    }

    private final class Ended implements Reply<LeaseAnswer> {
        private final TopicIdPartition partition;

        Ended(TopicIdPartition partition) {
            this.partition = partition;
        }

        @Override
        public void ok(LeaseAnswer answer) {
            answers.put(
                    partition,
                    switch (answer) {
                        case DONE -> Errors.NONE;
                        case NOT_LEASED -> Errors.INVALID_RECORD_STATE;
                        case NEVER_LEASED -> Errors.INVALID_REQUEST;
                    });
            arrived();
        }

        @Override
        public void failed(BrokerException cause) {
            answers.put(partition, KafkaErrors.of(cause));
            arrived();
        }
    }

    private void arrived() {
        if (--missing == 0) {
            result.complete(answers);
        }
    }
}

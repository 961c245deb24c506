package io.posthorn.protocol.kafka.produce;

import io.posthorn.broker.topic.Partition;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.ClientConnection;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;

/// Answers produce requests.
///
/// Nearly always a request is checked and handed to the broker at once. One whose check takes long,
/// or which has to ask about its transaction, holds up those that come behind it on the same
/// connection: batches of a producer keep their order.
public final class ProduceHandler implements ApiHandler {
    private final Surroundings surroundings;
    private final TransactionGate gate;
    private final RulesOfTopics rules;

    /// Connections on which a request is held up, and those behind it. Each queue is its
    /// connection's io thread's.
    private final Map<ClientConnection, Deque<Produce>> heldUp = new ConcurrentHashMap<>();

    public ProduceHandler(Surroundings surroundings, TransactionGate gate) {
        this.surroundings = surroundings;
        this.gate = gate;
        this.rules = new RulesOfTopics(surroundings.settings().messageBytes());
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.PRODUCE);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        var produce = new Produce(
                request, rules, surroundings.cluster(), surroundings.clock().millis());
        produce.begin();
        Deque<Produce> before = heldUp.isEmpty() ? null : heldUp.get(request.connection());
        if (before != null) {
            before.add(produce);
        } else if (!process(produce)) {
            var queue = new ArrayDeque<Produce>();
            queue.add(produce);
            heldUp.put(request.connection(), queue);
            request.whenAbandoned(() -> heldUp.remove(request.connection(), queue));
        }
        return produce.answer();
    }

    /// @return whether the request is handed over; if not, [#goOn] comes when it is
    private boolean process(Produce produce) {
        TransactionGate.Write write;
        try {
            write = produce.transaction();
        } catch (Produce.CannotBeOne refused) {
            produce.refuseAll(refused.error());
            return true;
        }
        if (write != null && !isAdmitted(produce, write)) {
            return false;
        }
        return checkAndAppend(produce);
    }

    private boolean isAdmitted(Produce produce, TransactionGate.Write write) {
        List<PartitionProduce> parts = produce.transactional();
        var partitions = new ArrayList<Partition>(parts.size());
        for (PartitionProduce part : parts) {
            partitions.add(part.partition());
        }
        CompletableFuture<List<TransactionGate.Verdict>> verdict =
                gate.admit(write, partitions).toCompletableFuture();
        if (verdict.isDone()) {
            judge(parts, verdict.join(), write);
            return true;
        }
        var _ = verdict.whenCompleteAsync(
                (verdicts, fault) -> {
                    if (fault == null) {
                        judge(parts, verdicts, write);
                    } else {
                        parts.forEach(part -> part.refuse(Errors.UNKNOWN_SERVER_ERROR));
                    }
                    if (checkAndAppend(produce)) {
                        goOn(produce);
                    }
                },
                io(produce));
        return false;
    }

    private static void judge(
            List<PartitionProduce> parts, List<TransactionGate.Verdict> verdicts, TransactionGate.Write write) {
        for (int i = 0; i < parts.size(); i++) {
            switch (verdicts.get(i)) {
                case TransactionGate.Admission admission -> parts.get(i).admitted(admission);
                case TransactionGate.Refused(Errors error) ->
                    parts.get(i).refuse(forProducer(error, write.adds()), message(error));
            }
        }
    }

    // Producers do not expect what coordinators say, and try again when they hear this.
    private static Errors forProducer(Errors error, boolean adds) {
        return switch (error) {
            case NETWORK_EXCEPTION, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR ->
                Errors.NOT_ENOUGH_REPLICAS;
            case CONCURRENT_TRANSACTIONS -> adds ? error : Errors.NOT_ENOUGH_REPLICAS;
            default -> error;
        };
    }

    private static String message(Errors error) {
        return error == Errors.INVALID_TXN_STATE
                ? "Partition was not added to the transaction"
                : "Unable to verify the partition has been added to the transaction. Underlying error: " + error;
    }

    private boolean checkAndAppend(Produce produce) {
        if (produce.checkQuickly()) {
            produce.append();
            return true;
        }
        var _ = CompletableFuture.runAsync(produce::checkPatiently, surroundings.blocking())
                .whenCompleteAsync(
                        (_, fault) -> {
                            if (fault == null) {
                                produce.append();
                            } else {
                                produce.refuseAll(Errors.UNKNOWN_SERVER_ERROR);
                            }
                            goOn(produce);
                        },
                        io(produce));
        return false;
    }

    /// The first of those that were held up is handed over.
    private void goOn(Produce first) {
        ClientConnection connection = first.request().connection();
        Deque<Produce> queue = heldUp.get(connection);
        if (queue == null || queue.peek() != first) {
            return; // the connection is gone
        }
        queue.remove();
        while (!queue.isEmpty() && process(queue.peek())) {
            queue.remove();
        }
        if (queue.isEmpty()) {
            heldUp.remove(connection);
        }
        connection.session().flush();
    }

    private static Executor io(Produce produce) {
        return produce.request().connection().io();
    }
}

package io.posthorn.protocol.kafka.transaction;

import io.posthorn.broker.topic.Partition;
import io.posthorn.protocol.kafka.group.OffsetTransactions;
import io.posthorn.protocol.kafka.produce.TransactionGate;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.AddPartitions;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.Verify;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Lets batches and offsets into the transactions that they belong to, and into no others. Asks the
/// coordinator only where a partition is new to a transaction. Thread-safe.
public final class Gate implements TransactionGate, OffsetTransactions {
    /// From this version of TxnOffsetCommit on clients know TRANSACTION_ABORTABLE.
    private static final int OFFSETS_KNOW_ABORTABLE = 4;

    /// From here on it brings its partition into the transaction.
    private static final int OFFSETS_ADD = 5;

    private final TransactionCoordination coordination;

    public Gate(TransactionCoordination coordination) {
        this.coordination = coordination;
    }

    // ---- Batches

    @Override
    public CompletionStage<List<Verdict>> admit(Write write, List<Partition> partitions) {
        var verdicts = new ArrayList<@Nullable Verdict>(partitions.size());
        List<TopicPartition> names = new ArrayList<>(partitions.size());
        boolean all = true;
        for (int i = 0; i < partitions.size(); i++) {
            var name = new TopicPartition(
                    partitions.get(i).topic(), partitions.get(i).index());
            names.add(name);
            OpenTransaction entered = enter(write, name);
            verdicts.add(entered);
            all &= entered != null;
        }
        return all ? CompletableFuture.completedStage(known(verdicts)) : ask(write, names, verdicts);
    }

    private @Nullable OpenTransaction enter(Write write, TopicPartition partition) {
        OpenTransaction open = coordination.open().of(write.transactionalId());
        return open != null && open.enter(write.producerId(), write.producerEpoch(), partition) ? open : null;
    }

    private CompletionStage<List<Verdict>> ask(
            Write write, List<TopicPartition> names, List<@Nullable Verdict> verdicts) {
        var answers = new ArrayList<CompletableFuture<?>>();
        CompletionStage<Errors> added =
                write.adds() ? add(write, missing(names, verdicts)) : CompletableFuture.completedStage(Errors.NONE);
        for (int i = 0; i < names.size(); i++) {
            if (verdicts.get(i) == null) {
                int at = i;
                TopicPartition name = names.get(i);
                CompletionStage<Errors> answer = write.adds() ? added : verify(write, name);
                answers.add(answer.thenAccept(error -> verdicts.set(at, verdict(write, name, error)))
                        .toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(_ -> known(verdicts));
    }

    private static Set<TopicPartition> missing(List<TopicPartition> names, List<@Nullable Verdict> verdicts) {
        var missing = new HashSet<TopicPartition>();
        for (int i = 0; i < names.size(); i++) {
            if (verdicts.get(i) == null) {
                missing.add(names.get(i));
            }
        }
        return missing;
    }

    private CompletionStage<Errors> add(Write write, Set<TopicPartition> partitions) {
        var add = new AddPartitions(producer(write), partitions, Transitions.EPOCH_PER_END);
        return coordination.ask(write.transactionalId(), add).thenApply(Answer::error);
    }

    private CompletionStage<Errors> verify(Write write, TopicPartition partition) {
        return coordination
                .ask(write.transactionalId(), new Verify(producer(write), partition))
                .thenApply(Answer::error);
    }

    private static ProducerIdAndEpoch producer(Write write) {
        return new ProducerIdAndEpoch(write.producerId(), write.producerEpoch());
    }

    private Verdict verdict(Write write, TopicPartition partition, Errors error) {
        if (error != Errors.NONE) {
            return new Refused(forProducer(error, write.knowsAbortable()));
        }
        OpenTransaction open = enter(write, partition);
        // It has ended as soon as it was asked about.
        return open == null ? new Refused(Errors.CONCURRENT_TRANSACTIONS) : open;
    }

    /// Producers learn from a partition what their coordinator calls otherwise.
    private static Errors forProducer(Errors error, boolean knowsAbortable) {
        return switch (error) {
            case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
            case TRANSACTION_ABORTABLE -> knowsAbortable ? error : Errors.INVALID_TXN_STATE;
            default -> error;
        };
    }

    private static List<Verdict> known(List<@Nullable Verdict> verdicts) {
        var known = new ArrayList<Verdict>(verdicts.size());
        for (Verdict verdict : verdicts) {
            known.add(verdict == null ? new Refused(Errors.UNKNOWN_SERVER_ERROR) : verdict);
        }
        return known;
    }

    // ---- Offsets

    @Override
    public CompletableFuture<OffsetTransactions.Admission> admit(
            int partition, String transactionalId, long producerId, short producerEpoch, int version) {
        var write = new Write(
                transactionalId, producerId, producerEpoch, version >= OFFSETS_ADD, version >= OFFSETS_KNOW_ABORTABLE);
        var name = new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, partition);
        OpenTransaction open = enter(write, name);
        if (open != null) {
            return CompletableFuture.completedFuture(open);
        }
        CompletionStage<Errors> answer = write.adds() ? add(write, Set.of(name)) : verify(write, name);
        return answer.<OffsetTransactions.Admission>thenApply(error -> {
                    Verdict verdict = verdict(write, name, error);
                    return switch (verdict) {
                        case Refused refused -> throw refused.error().exception();
                        case TransactionGate.Admission admission -> admission::leave;
                    };
                })
                .toCompletableFuture();
    }
}

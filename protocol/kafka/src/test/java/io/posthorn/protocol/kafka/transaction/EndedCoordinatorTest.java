package io.posthorn.protocol.kafka.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.transaction.TransactionRequest.AddPartitions;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.End;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.InitProducer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.junit.jupiter.api.Test;

/// A coordinator whose topic goes, or fails, while a transaction ends of which no partition takes the marker any
/// more.
class EndedCoordinatorTest {
    private static final short VERSION = 1;
    private static final long FIRST_ID = 5_000;
    private static final InitProducer INIT = new InitProducer(Duration.ofMinutes(1), null);

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private final FakeTransactionLog log = new FakeTransactionLog();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final OpenTransactions open = new OpenTransactions();
    private final TransactionCoordinator coordinator = new TransactionCoordinator(
            log, (_, _, _, _) -> new CompletableFuture<>(), open, () -> Instant.EPOCH, tasks::add, FIRST_ID, Map.of());

    @Test
    void whoWaitsIsToldToAskAgain() {
        ProducerIdAndEpoch producer = begin();
        Errors ended =
                ask(new End(producer, TransactionResult.COMMIT, VERSION)).join().error();
        assertThat(ended).isEqualTo(Errors.NONE);
        CompletableFuture<Answer> waiting = ask(add(producer));
        assertThat(waiting).isNotDone();

        coordinator.end();

        assertThat(waiting).isDone();
        assertThat(waiting.join().error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(ask(INIT).join().error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    /// It would have to wait until the transaction has been open for too long.
    @Test
    void whoWaitsForAnEndThatCouldNotBeWrittenIsAnswered() {
        ProducerIdAndEpoch producer = begin();
        var told = new CompletableFuture<Boolean>();
        log.writes = told;
        CompletableFuture<Answer> ended = ask(new End(producer, TransactionResult.COMMIT, VERSION));
        CompletableFuture<Answer> waiting = ask(add(producer));
        assertThat(waiting).isNotDone();

        log.writes = CompletableFuture.completedStage(true);
        told.completeExceptionally(new IllegalStateException("the log is full"));
        work();

        assertThat(ended.join().error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(waiting.join().error()).isEqualTo(Errors.NONE);
    }

    @Test
    void noTransactionTakesBatchesAnyMore() {
        begin();
        assertThat(open.of("writer")).isNotNull();
        coordinator.end();
        assertThat(open.of("writer")).isNull();
    }

    /// What the log has taken, or refused, is told late.
    @Test
    void itLeavesTheTransactionsOfItsSuccessorAlone() {
        ProducerIdAndEpoch producer = begin();
        var told = new CompletableFuture<Boolean>();
        log.writes = told;
        CompletableFuture<Answer> ended = ask(new End(producer, TransactionResult.COMMIT, VERSION));
        coordinator.end();
        var successor = new TransactionalProducer(
                7_000,
                (short) 0,
                7_000,
                TransactionalProducer.NO_EPOCH,
                Duration.ofMinutes(1),
                VERSION,
                new TransactionState.Ongoing(Set.of(ORDERS), Instant.EPOCH),
                Instant.EPOCH);
        open.admit("writer", successor, Set.of(ORDERS));

        told.complete(true);
        work();

        assertThat(ended).isDone();
        assertThat(open.of("writer")).isNotNull();
    }

    /// They would be those of its successor.
    @Test
    void itGivesOutNoProducerIdsAnyMore() {
        begin();
        coordinator.end();
        CompletableFuture<Answer> answer = coordinator.newProducer();
        work();
        assertThat(answer.join().error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    private ProducerIdAndEpoch begin() {
        ProducerIdAndEpoch producer = ask(INIT).join().producer();
        assertThat(ask(add(producer)).join().error()).isEqualTo(Errors.NONE);
        return producer;
    }

    private static AddPartitions add(ProducerIdAndEpoch producer) {
        return new AddPartitions(producer, Set.of(ORDERS), VERSION);
    }

    private CompletableFuture<Answer> ask(TransactionRequest request) {
        CompletableFuture<Answer> answer = coordinator.ask("writer", request);
        work();
        return answer;
    }

    private void work() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }
}

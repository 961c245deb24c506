package io.posthorn.protocol.kafka.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.transaction.TransactionRequest.AddPartitions;
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
import org.junit.jupiter.api.Test;

/// How long transactional ids are remembered that nobody uses: `transactional.id.expiration.ms`.
class IdleTransactionalIdsTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(30);

    private final FakeTransactionLog log = new FakeTransactionLog();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private Instant now = Instant.EPOCH;
    private Duration idle = Duration.ofDays(7);
    private final TransactionCoordinator coordinator = new TransactionCoordinator(
            log, (_, _, _, _) -> new CompletableFuture<>(), new OpenTransactions(), () -> now, tasks::add, 0, Map.of());

    @Test
    void whatNobodyUsesForSoLongIsForgottenDurably() {
        ProducerIdAndEpoch first = init("idle");
        pass(Duration.ofDays(6));
        init("used");
        pass(Duration.ofDays(1).minus(HOUR));
        assertThat(known()).containsOnlyKeys("idle", "used");

        pass(HOUR.multipliedBy(2));
        assertThat(known()).containsOnlyKeys("used");
        assertThat(log.facts).contains(new TransactionLog.Fact("idle", null));
        assertThat(init("idle").id()).as("a producer that is new").isGreaterThan(first.id());
    }

    @Test
    void whatWasSetAtRunTimeGoesFromTheNextHourOn() {
        init("idle");
        pass(Duration.ofDays(1));
        assertThat(known()).isNotEmpty();
        idle = HOUR;
        pass(HOUR);
        assertThat(known()).isEmpty();
    }

    @Test
    void whoHasATransactionIsNotIdle() {
        ProducerIdAndEpoch producer =
                ask("busy", new InitProducer(LONGEST, null)).producer();
        var add = new AddPartitions(producer, Set.of(new TopicPartition("t", 0)), (short) 1);
        assertThat(ask("busy", add).error()).isEqualTo(Errors.NONE);
        pass(Duration.ofDays(10));
        assertThat(known()).containsOnlyKeys("busy");
    }

    private void pass(Duration time) {
        now = now.plus(time);
        coordinator.tick(() -> idle);
        work();
    }

    private void work() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private Map<String, TransactionalProducer> known() {
        var all = coordinator.all();
        work();
        return all.join();
    }

    private ProducerIdAndEpoch init(String transactionalId) {
        Answer answer = ask(transactionalId, new InitProducer(Duration.ofMinutes(1), null));
        assertThat(answer.error()).isEqualTo(Errors.NONE);
        return answer.producer();
    }

    private Answer ask(String transactionalId, TransactionRequest request) {
        var answer = coordinator.ask(transactionalId, request);
        work();
        return answer.join();
    }
}

package io.posthorn.broker.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerException.ProducerRefused;
import io.posthorn.broker.BrokerException.ProducerRefused.Reason;
import io.posthorn.broker.Message;
import io.posthorn.broker.shard.Produced;
import io.posthorn.broker.topic.AbortedTransaction;
import io.posthorn.broker.topic.AppendRule.Origin;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.log.RecordBatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What a partition believes of those who number their batches: Kafka's rules.
class ProducersTest {
    private static final long NOW = 1_000;
    private static final long DAY = 24 * 60 * 60 * 1000L;

    private final Producers producers = new Producers();
    private long end;

    @Test
    void aBatchThatComesAgainIsAnsweredWithTheOffsetItHas() {
        append(Produced.numbered(7, 0, 0, "a", "b"));
        append(Produced.numbered(7, 0, 2, "c"));
        assertThat(producers.offsetOfDuplicate(Produced.numbered(7, 0, 0, "a", "b"), Origin.CLIENT))
                .isZero();
        assertThat(producers.offsetOfDuplicate(Produced.numbered(7, 0, 2, "c"), Origin.CLIENT))
                .isEqualTo(2);
    }

    @Test
    void fiveBatchesAreRememberedAndNoMore() {
        for (int i = 0; i < 6; i++) {
            append(Produced.numbered(7, 0, i, "v"));
        }
        assertThat(producers.offsetOfDuplicate(Produced.numbered(7, 0, 1, "v"), Origin.CLIENT))
                .isEqualTo(1);
        refused(Reason.OUT_OF_ORDER_SEQUENCE, Produced.numbered(7, 0, 0, "v"));
    }

    @Test
    void whatFollowsOnNothingIsOutOfOrder() {
        append(Produced.numbered(7, 0, 0, "a"));
        refused(Reason.OUT_OF_ORDER_SEQUENCE, Produced.numbered(7, 0, 2, "c"));
        refused(Reason.OUT_OF_ORDER_SEQUENCE, Produced.numbered(7, 0, 0, "a", "b"));
        append(Produced.numbered(7, 0, 1, "b"));
    }

    @Test
    void whoIsNotKnownBeginsWhereItWants() {
        append(Produced.numbered(7, 3, 42, "a"));
        append(Produced.numbered(7, 3, 43, "b"));
    }

    @Test
    void whoIsNotKnownHasAnEpochAllTheSame() {
        refused(Reason.INVALID_PRODUCER_EPOCH, Produced.numbered(7, -2, 0, "a"));
    }

    @Test
    void aNewEpochBeginsWithZeroAndEndsTheOldOne() {
        append(Produced.numbered(7, 0, 0, "a"));
        refused(Reason.OUT_OF_ORDER_SEQUENCE, Produced.numbered(7, 1, 1, "b"));
        append(Produced.numbered(7, 1, 0, "b"));
        refused(Reason.INVALID_PRODUCER_EPOCH, Produced.numbered(7, 0, 1, "c"));
    }

    @Test
    void sequencesGoOnWithZeroBehindTheLargest() {
        append(Produced.numbered(7, 0, Integer.MAX_VALUE - 1, "a", "b"));
        append(Produced.numbered(7, 0, 0, "c"));
        var across = new Producers();
        across.appended(0, Produced.numbered(8, 0, Integer.MAX_VALUE, "a", "b", "c"), NOW);
        assertThat(across.status().getFirst().lastSequence()).isEqualTo(1);
        assertThat(across.offsetOfDuplicate(Produced.numbered(8, 0, Integer.MAX_VALUE, "a", "b", "c"), Origin.CLIENT))
                .isZero();
        assertThat(across.offsetOfDuplicate(Produced.numbered(8, 0, 2, "d"), Origin.CLIENT))
                .isEqualTo(Producers.NEW);
    }

    @Test
    void whatACoordinatorKeepsIsNotNumbered() {
        append(Produced.transactional(7, 1, -1, "offset"), Origin.COORDINATOR);
        append(Produced.transactional(7, 1, -1, "offset"), Origin.COORDINATOR);
        refused(Reason.INVALID_PRODUCER_EPOCH, Produced.transactional(7, 0, -1, "late"), Origin.COORDINATOR);
    }

    @Test
    void aTransactionIsOpenUntilItsMarkerIsDurable() {
        append(Produced.numbered(1, 0, 0, "before"));
        append(Produced.transactional(7, 0, 0, "a"));
        assertThat(producers.firstUnstable()).isEqualTo(1);
        append(Produced.marker(7, 0, 0, true), Origin.COORDINATOR);
        assertThat(producers.firstUnstable()).isEqualTo(1);
        producers.visible(2);
        assertThat(producers.firstUnstable()).isEqualTo(1);
        producers.visible(3);
        assertThat(producers.firstUnstable()).isEqualTo(Message.NEVER);
        assertThat(producers.aborted().size()).isZero();
    }

    @Test
    void theFirstOpenTransactionCountsInWhateverOrderTheyEnd() {
        append(Produced.transactional(1, 0, 0, "a"));
        append(Produced.transactional(2, 0, 0, "b"));
        append(Produced.transactional(3, 0, 0, "c"));
        append(Produced.marker(2, 0, 0, true), Origin.COORDINATOR);
        producers.visible(end);
        assertThat(producers.firstUnstable()).isZero();
        append(Produced.marker(1, 0, 0, false), Origin.COORDINATOR);
        producers.visible(end);
        assertThat(producers.firstUnstable()).isEqualTo(2);
        append(Produced.marker(3, 0, 0, false), Origin.COORDINATOR);
        producers.visible(end);
        assertThat(producers.firstUnstable()).isEqualTo(Message.NEVER);
        assertThat(producers.aborted().between(0, end))
                .containsExactly(new AbortedTransaction(1, 0, 4), new AbortedTransaction(3, 2, 5));
    }

    @Test
    void abortedTransactionsAreToldWhereTheyOverlap() {
        for (int i = 0; i < 100; i++) {
            append(Produced.transactional(7, 0, i, "v"));
            append(Produced.marker(7, 0, 0, i % 2 == 0), Origin.COORDINATOR);
        }
        var aborted = producers.aborted();
        assertThat(aborted.between(0, end)).hasSize(50);
        assertThat(aborted.between(2, 3)).containsExactly(new AbortedTransaction(7, 2, 3));
        assertThat(aborted.between(3, 4)).containsExactly(new AbortedTransaction(7, 2, 3));
        assertThat(aborted.between(4, 6)).isEmpty();
        assertThat(aborted.contains(7, 2)).isTrue();
        assertThat(aborted.contains(7, 4)).isFalse();
        assertThat(aborted.contains(8, 2)).isFalse();
        producers.trimBefore(100);
        assertThat(producers.aborted().size()).isEqualTo(25);
        assertThat(producers.aborted().between(0, 103)).containsExactly(new AbortedTransaction(7, 102, 103));
    }

    @Test
    void whatIsNotOfTheOpenTransactionIsRefused() {
        append(Produced.transactional(7, 0, 0, "a"));
        refused(Reason.INVALID_TXN_STATE, Produced.numbered(7, 0, 1, "b"));
    }

    @Test
    void aCoordinatorThatWasReplacedEndsNothing() {
        append(Produced.transactional(7, 0, 0, "a"));
        append(Produced.marker(7, 0, 5, true), Origin.COORDINATOR);
        refused(Reason.TRANSACTION_COORDINATOR_FENCED, Produced.marker(7, 0, 4, true), Origin.COORDINATOR);
        refused(Reason.INVALID_PRODUCER_EPOCH, Produced.marker(7, -1, 5, true), Origin.COORDINATOR);
        assertThat(producers.status()).containsExactly(new ProducerStatus(7, (short) 0, 0, NOW, 5, -1));
    }

    @Test
    void theMarkerOfANewEpochKeepsTheOldOneOut() {
        append(Produced.transactional(7, 0, 0, "a"));
        append(Produced.marker(7, 1, 0, false), Origin.COORDINATOR);
        refused(Reason.INVALID_PRODUCER_EPOCH, Produced.transactional(7, 0, 1, "late"));
        append(Produced.transactional(7, 1, 0, "next"));
    }

    @Test
    void aLateMarkerDoesNotEndTheNextTransactionOfItsEpoch() {
        append(Produced.transactional(7, 0, 0, "a"));
        append(Produced.marker(7, 1, 0, true), Origin.COORDINATOR_OF_EPOCHS);
        append(Produced.marker(7, 1, 0, true), Origin.COORDINATOR_OF_EPOCHS);
        append(Produced.transactional(7, 1, 0, "b"));
        refused(Reason.INVALID_PRODUCER_EPOCH, Produced.marker(7, 1, 0, true), Origin.COORDINATOR_OF_EPOCHS);
        refused(Reason.INVALID_PRODUCER_EPOCH, Produced.marker(7, 0, 0, true), Origin.COORDINATOR_OF_EPOCHS);
        append(Produced.marker(7, 2, 0, false), Origin.COORDINATOR_OF_EPOCHS);
    }

    @Test
    void behindTheLastEpochAMarkerNeedsNone() {
        append(Produced.transactional(7, Short.MAX_VALUE, 0, "a"));
        append(Produced.marker(7, Short.MAX_VALUE, 0, true), Origin.COORDINATOR_OF_EPOCHS);
    }

    @Test
    void whoIsIdleForADayIsForgottenButForOpenTransactions() {
        append(Produced.numbered(1, 0, 0, "a"));
        append(Produced.transactional(2, 0, 0, "b"));
        assertThat(producers.expire(NOW, DAY)).isEqualTo(NOW + DAY);
        assertThat(producers.expire(NOW + DAY - 1, DAY)).isEqualTo(NOW + DAY);
        assertThat(producers.size()).isEqualTo(2);
        assertThat(producers.expire(NOW + DAY, DAY)).isEqualTo(NOW + 2 * DAY);
        assertThat(producers.status()).extracting(ProducerStatus::producerId).containsExactly(2L);
    }

    @Test
    void thePatienceMayChange() {
        append(Produced.numbered(1, 0, 0, "a"));
        assertThat(producers.expire(NOW, DAY)).isEqualTo(NOW + DAY);
        assertThat(producers.expire(NOW + 10, 20)).isEqualTo(NOW + 20);
        assertThat(producers.expire(NOW + 10, Message.NEVER)).isEqualTo(Message.NEVER);
        assertThat(producers.size()).isEqualTo(1);
        assertThat(producers.expire(NOW + 10, 10)).isEqualTo(Message.NEVER);
        assertThat(producers.size()).isZero();
    }

    @Test
    void whoComesWhenAllAreForgottenIsForgottenToo() {
        append(Produced.numbered(1, 0, 0, "a"));
        assertThat(producers.expire(NOW + DAY, DAY)).isEqualTo(Message.NEVER);
        append(Produced.numbered(2, 0, 0, "b"));
        assertThat(producers.expire(NOW, DAY)).isEqualTo(NOW + DAY);
        assertThat(producers.expire(NOW + DAY, DAY)).isEqualTo(Message.NEVER);
        assertThat(producers.size()).isZero();
    }

    @Test
    void manyProducersAreFoundAgain() {
        for (int i = 0; i < 10_000; i++) {
            append(Produced.numbered(i * 31L, 0, 0, "v"));
        }
        assertThat(producers.size()).isEqualTo(10_000);
        for (int i = 0; i < 10_000; i++) {
            assertThat(producers.offsetOfDuplicate(Produced.numbered(i * 31L, 0, 0, "v"), Origin.CLIENT))
                    .isEqualTo(i);
        }
    }

    private void append(RecordBatch batch) {
        append(batch, Origin.CLIENT);
    }

    private void append(RecordBatch batch, Origin origin) {
        assertThat(producers.offsetOfDuplicate(batch, origin)).isEqualTo(Producers.NEW);
        producers.appended(end, batch, NOW);
        end += batch.offsetCount();
    }

    private void refused(Reason reason, RecordBatch batch) {
        refused(reason, batch, Origin.CLIENT);
    }

    private void refused(Reason reason, RecordBatch batch, Origin origin) {
        ThrowingCallable append = () -> producers.offsetOfDuplicate(batch, origin);
        assertThatThrownBy(append)
                .isInstanceOfSatisfying(
                        ProducerRefused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }
}

package io.posthorn.protocol.kafka.transaction;

import static org.apache.kafka.common.requests.TransactionResult.ABORT;
import static org.apache.kafka.common.requests.TransactionResult.COMMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.transaction.Decision.Changed;
import io.posthorn.protocol.kafka.transaction.Decision.Later;
import io.posthorn.protocol.kafka.transaction.Decision.Refused;
import io.posthorn.protocol.kafka.transaction.Decision.Unchanged;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.AddPartitions;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.End;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.InitProducer;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.MarkersWritten;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.TimeOut;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.Verify;
import io.posthorn.protocol.kafka.transaction.TransactionState.Completed;
import io.posthorn.protocol.kafka.transaction.TransactionState.Empty;
import io.posthorn.protocol.kafka.transaction.TransactionState.Ongoing;
import io.posthorn.protocol.kafka.transaction.TransactionState.Prepared;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The state machine, transition by transition. The tables are those in the comments of Kafka's
/// TransactionCoordinator.
class TransitionsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant START = NOW.minusSeconds(1);
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final long ID = 7;
    private static final long NEW_ID = 8;
    private static final short EPOCH = 5;
    private static final short LAST = Short.MAX_VALUE - 1;
    private static final TopicPartition ONE = new TopicPartition("events", 0);
    private static final TopicPartition OTHER = new TopicPartition("events", 1);
    private static final ProducerIdAndEpoch CURRENT = new ProducerIdAndEpoch(ID, EPOCH);
    private static final ProducerIdAndEpoch BEFORE = new ProducerIdAndEpoch(ID, (short) (EPOCH - 1));
    private static final ProducerIdAndEpoch NEXT = new ProducerIdAndEpoch(ID, (short) (EPOCH + 1));
    private static final ProducerIdAndEpoch STRANGER = new ProducerIdAndEpoch(99, EPOCH);

    private final Transitions transitions = new Transitions(NOW, () -> NEW_ID);

    enum Stage {
        EMPTY(new Empty()),
        ONGOING(new Ongoing(Set.of(ONE), START)),
        PREPARE_COMMIT(new Prepared(COMMIT, Set.of(ONE), START, -1)),
        PREPARE_ABORT(new Prepared(ABORT, Set.of(ONE), START, -1)),
        COMPLETE_COMMIT(new Completed(COMMIT, START)),
        COMPLETE_ABORT(new Completed(ABORT, START));

        @SuppressWarnings("ImmutableEnumChecker") // records of nothing that changes
        private final TransactionState state;

        Stage(TransactionState state) {
            this.state = state;
        }
    }

    private static TransactionalProducer at(Stage stage, short epoch) {
        return new TransactionalProducer(
                ID, epoch, ID, TransactionalProducer.NO_EPOCH, TIMEOUT, (short) 2, stage.state, START);
    }

    private static TransactionalProducer at(Stage stage) {
        return at(stage, EPOCH);
    }

    private static InitProducer init(@Nullable ProducerIdAndEpoch known) {
        return new InitProducer(TIMEOUT, known);
    }

    private static TransactionalProducer next(Decision decision) {
        return ((Changed) decision).next();
    }

    // ---- Initialising

    @Test
    void theFirstProducerOfATransactionalIdBeginsAtEpochZero() {
        TransactionalProducer first = next(transitions.decide(null, init(null)));

        assertThat(first.visible()).isEqualTo(new ProducerIdAndEpoch(NEW_ID, (short) 0));
        assertThat(first.state()).isEqualTo(new Empty());
    }

    @Test
    void nothingElseIsKnownOfATransactionalIdThatNobodyHasInitialised() {
        assertThat(transitions.decide(null, new End(CURRENT, COMMIT, (short) 2)))
                .isEqualTo(new Refused(Errors.INVALID_PRODUCER_ID_MAPPING));
        assertThat(transitions.decide(null, new AddPartitions(CURRENT, Set.of(ONE), (short) 0)))
                .isEqualTo(new Refused(Errors.INVALID_PRODUCER_ID_MAPPING));
    }

    @Test
    void aNewInstanceGetsTheNextEpoch() {
        for (Stage stage : new Stage[] {Stage.EMPTY, Stage.COMPLETE_COMMIT, Stage.COMPLETE_ABORT}) {
            TransactionalProducer next = next(transitions.decide(at(stage), init(null)));
            assertThat(next.visible()).isEqualTo(NEXT);
            assertThat(next.lastEpoch()).isEqualTo(TransactionalProducer.NO_EPOCH);
        }
    }

    @Test
    void aNewInstanceHasToWaitUntilTheTransactionOfTheOldOneIsAborted() {
        var decision = (Changed) transitions.decide(at(Stage.ONGOING), init(null));

        assertThat(decision.answer()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(decision.next().state()).isEqualTo(new Prepared(ABORT, Set.of(ONE), START, -1));
        assertThat(decision.next().epoch()).isEqualTo(NEXT.epoch());
        assertThat(transitions.decide(decision.next(), init(null)))
                .isEqualTo(new Refused(Errors.CONCURRENT_TRANSACTIONS));

        TransactionalProducer completed = next(transitions.decide(decision.next(), new MarkersWritten()));
        assertThat(next(transitions.decide(completed, init(null))).epoch()).isEqualTo((short) (EPOCH + 2));
    }

    @Test
    void aProducerThatGoesOnAfterAnErrorGetsTheNextEpochAndTheSameOneAgainWhenItRepeatsItself() {
        TransactionalProducer next = next(transitions.decide(at(Stage.COMPLETE_ABORT), init(CURRENT)));
        assertThat(next.visible()).isEqualTo(NEXT);

        TransactionalProducer again = next(transitions.decide(next, init(CURRENT)));
        assertThat(again.visible()).isEqualTo(NEXT);
    }

    @Test
    void aProducerThatHasBeenReplacedIsFenced() {
        TransactionalProducer replaced = next(transitions.decide(at(Stage.EMPTY), init(null)));

        assertThat(transitions.decide(replaced, init(CURRENT))).isEqualTo(new Refused(Errors.PRODUCER_FENCED));
        assertThat(transitions.decide(replaced, init(STRANGER))).isEqualTo(new Refused(Errors.PRODUCER_FENCED));
    }

    @Test
    void aProducerThatHasBeenReplacedCannotAbortWhatItsSuccessorDoes() {
        assertThat(transitions.decide(at(Stage.ONGOING), init(BEFORE))).isEqualTo(new Refused(Errors.PRODUCER_FENCED));
    }

    @Test
    void whenTheEpochsOfAnIdAreUsedUpTheProducerGetsANewId() {
        TransactionalProducer last = at(Stage.EMPTY, LAST);

        TransactionalProducer next = next(transitions.decide(last, init(null)));
        assertThat(next.visible()).isEqualTo(new ProducerIdAndEpoch(NEW_ID, (short) 0));

        var known = new ProducerIdAndEpoch(ID, LAST);
        TransactionalProducer wentOn = next(transitions.decide(last, init(known)));
        assertThat(wentOn.visible()).isEqualTo(new ProducerIdAndEpoch(NEW_ID, (short) 0));
        assertThat(next(transitions.decide(wentOn, init(known))).visible())
                .as("and keeps it when it repeats itself")
                .isEqualTo(new ProducerIdAndEpoch(NEW_ID, (short) 0));
    }

    // ---- Partitions

    @Test
    void partitionsComeIntoTheTransactionAndItsStartStays() {
        TransactionalProducer begun =
                next(transitions.decide(at(Stage.COMPLETE_COMMIT), new AddPartitions(CURRENT, Set.of(ONE), (short) 2)));
        assertThat(begun.state()).isEqualTo(new Ongoing(Set.of(ONE), NOW));

        TransactionalProducer wider =
                next(transitions.decide(at(Stage.ONGOING), new AddPartitions(CURRENT, Set.of(OTHER), (short) 2)));
        assertThat(wider.state()).isEqualTo(new Ongoing(Set.of(ONE, OTHER), START));

        assertThat(transitions.decide(at(Stage.ONGOING), new AddPartitions(CURRENT, Set.of(ONE), (short) 2)))
                .isEqualTo(new Unchanged());
    }

    @Test
    void theNextTransactionWaitsForTheEndOfTheOneBeforeWhoeverItsProducerIsByThen() {
        for (ProducerIdAndEpoch producer : new ProducerIdAndEpoch[] {CURRENT, STRANGER}) {
            assertThat(transitions.decide(
                            at(Stage.PREPARE_COMMIT), new AddPartitions(producer, Set.of(ONE), (short) 2)))
                    .isEqualTo(new Later());
        }
    }

    @Test
    void partitionsOfAnotherProducerAreRefused() {
        assertThat(transitions.decide(at(Stage.ONGOING), new AddPartitions(BEFORE, Set.of(ONE), (short) 2)))
                .isEqualTo(new Refused(Errors.PRODUCER_FENCED));
        assertThat(transitions.decide(at(Stage.ONGOING), new AddPartitions(STRANGER, Set.of(ONE), (short) 2)))
                .isEqualTo(new Refused(Errors.INVALID_PRODUCER_ID_MAPPING));
    }

    @Test
    void aBatchOfAnOlderClientIsLetIntoPartitionsThatWereAddedAndNoOthers() {
        assertThat(transitions.decide(at(Stage.ONGOING), new Verify(CURRENT, ONE)))
                .isEqualTo(new Unchanged());
        assertThat(transitions.decide(at(Stage.ONGOING), new Verify(CURRENT, OTHER)))
                .isEqualTo(new Refused(Errors.TRANSACTION_ABORTABLE));
        assertThat(transitions.decide(at(Stage.COMPLETE_COMMIT), new Verify(CURRENT, ONE)))
                .isEqualTo(new Refused(Errors.TRANSACTION_ABORTABLE));
        assertThat(transitions.decide(at(Stage.PREPARE_COMMIT), new Verify(CURRENT, ONE)))
                .isEqualTo(new Refused(Errors.CONCURRENT_TRANSACTIONS));
        assertThat(transitions.decide(at(Stage.ONGOING), new Verify(BEFORE, ONE)))
                .isEqualTo(new Refused(Errors.PRODUCER_FENCED));
    }

    // ---- Ends

    private static Stream<Arguments> endsOfAnOlderClient() {
        return Stream.of(
                Arguments.of(Stage.EMPTY, COMMIT, Errors.INVALID_TXN_STATE),
                Arguments.of(Stage.EMPTY, ABORT, Errors.INVALID_TXN_STATE),
                Arguments.of(Stage.PREPARE_COMMIT, COMMIT, Errors.CONCURRENT_TRANSACTIONS),
                Arguments.of(Stage.PREPARE_COMMIT, ABORT, Errors.INVALID_TXN_STATE),
                Arguments.of(Stage.PREPARE_ABORT, COMMIT, Errors.INVALID_TXN_STATE),
                Arguments.of(Stage.PREPARE_ABORT, ABORT, Errors.CONCURRENT_TRANSACTIONS),
                Arguments.of(Stage.COMPLETE_COMMIT, COMMIT, Errors.NONE),
                Arguments.of(Stage.COMPLETE_COMMIT, ABORT, Errors.INVALID_TXN_STATE),
                Arguments.of(Stage.COMPLETE_ABORT, COMMIT, Errors.INVALID_TXN_STATE),
                Arguments.of(Stage.COMPLETE_ABORT, ABORT, Errors.NONE));
    }

    @ParameterizedTest
    @MethodSource("endsOfAnOlderClient")
    void anOlderClientEndsWhatIsOngoingAndNothingElse(Stage stage, TransactionResult result, Errors error) {
        Decision decision = transitions.decide(at(stage), new End(CURRENT, result, (short) 0));

        assertThat(decision).isEqualTo(error == Errors.NONE ? new Unchanged() : new Refused(error));
        assertThat(transitions.decide(at(stage), new End(BEFORE, result, (short) 0)))
                .as("and a fenced one ends nothing")
                .isEqualTo(new Refused(Errors.PRODUCER_FENCED));
    }

    @Test
    void anOlderClientKeepsItsEpoch() {
        TransactionalProducer prepared =
                next(transitions.decide(at(Stage.ONGOING), new End(CURRENT, COMMIT, (short) 0)));
        assertThat(prepared.state()).isEqualTo(new Prepared(COMMIT, Set.of(ONE), START, -1));

        TransactionalProducer completed = next(transitions.decide(prepared, new MarkersWritten()));
        assertThat(completed.state()).isEqualTo(new Completed(COMMIT, START));
        assertThat(completed.visible()).isEqualTo(CURRENT);
    }

    /// What Kafka's table calls PF, ITS, NONE and EB.
    enum Outcome {
        FENCED,
        INVALID,
        NOTHING,
        NEW_EPOCH
    }

    private static Stream<Arguments> endsOfWhatWasNotBegun() {
        return Stream.of(
                Arguments.of(Stage.EMPTY, BEFORE, ABORT, Outcome.FENCED),
                Arguments.of(Stage.EMPTY, CURRENT, ABORT, Outcome.NEW_EPOCH),
                Arguments.of(Stage.EMPTY, BEFORE, COMMIT, Outcome.FENCED),
                Arguments.of(Stage.EMPTY, CURRENT, COMMIT, Outcome.INVALID),
                Arguments.of(Stage.COMPLETE_ABORT, BEFORE, ABORT, Outcome.NOTHING),
                Arguments.of(Stage.COMPLETE_ABORT, CURRENT, ABORT, Outcome.NEW_EPOCH),
                Arguments.of(Stage.COMPLETE_ABORT, BEFORE, COMMIT, Outcome.INVALID),
                Arguments.of(Stage.COMPLETE_ABORT, CURRENT, COMMIT, Outcome.INVALID),
                Arguments.of(Stage.COMPLETE_COMMIT, BEFORE, ABORT, Outcome.INVALID),
                Arguments.of(Stage.COMPLETE_COMMIT, CURRENT, ABORT, Outcome.NEW_EPOCH),
                Arguments.of(Stage.COMPLETE_COMMIT, BEFORE, COMMIT, Outcome.NOTHING),
                Arguments.of(Stage.COMPLETE_COMMIT, CURRENT, COMMIT, Outcome.INVALID));
    }

    @ParameterizedTest
    @MethodSource("endsOfWhatWasNotBegun")
    void aClientWithAnEpochPerTransactionMayRepeatItselfAndAbortWhatItHasNotBegun(
            Stage stage, ProducerIdAndEpoch producer, TransactionResult result, Outcome outcome) {
        Decision decision = transitions.decide(at(stage), new End(producer, result, (short) 2));

        switch (outcome) {
            case FENCED -> assertThat(decision).isEqualTo(new Refused(Errors.PRODUCER_FENCED));
            case INVALID -> assertThat(decision).isEqualTo(new Refused(Errors.INVALID_TXN_STATE));
            case NOTHING -> assertThat(decision).isEqualTo(new Unchanged());
            case NEW_EPOCH -> {
                assertThat(next(decision).state()).isEqualTo(new Prepared(ABORT, Set.of(), NOW, -1));
                assertThat(next(decision).visible()).isEqualTo(NEXT);
            }
        }
    }

    @Test
    void eachEndGivesANewEpochThatTheClientGoesOnWith() {
        TransactionalProducer prepared =
                next(transitions.decide(at(Stage.ONGOING), new End(CURRENT, COMMIT, (short) 2)));
        assertThat(prepared.visible()).isEqualTo(NEXT);
        assertThat(transitions.decide(prepared, new End(CURRENT, COMMIT, (short) 2)))
                .isEqualTo(new Refused(Errors.CONCURRENT_TRANSACTIONS));

        TransactionalProducer completed = next(transitions.decide(prepared, new MarkersWritten()));
        assertThat(completed.visible()).isEqualTo(NEXT);
        assertThat(transitions.decide(completed, new End(CURRENT, COMMIT, (short) 2)))
                .isEqualTo(new Unchanged());
    }

    @Test
    void theEndThatUsesUpTheLastEpochGivesANewId() {
        var last = new ProducerIdAndEpoch(ID, LAST);
        TransactionalProducer prepared =
                next(transitions.decide(at(Stage.ONGOING, LAST), new End(last, COMMIT, (short) 2)));
        assertThat(prepared.producerId())
                .as("the markers are the old producer's")
                .isEqualTo(ID);
        assertThat(prepared.epoch()).as("whose epoch fences it").isEqualTo(Short.MAX_VALUE);
        assertThat(prepared.visible()).isEqualTo(new ProducerIdAndEpoch(NEW_ID, (short) 0));

        TransactionalProducer completed = next(transitions.decide(prepared, new MarkersWritten()));
        assertThat(completed.visible()).isEqualTo(new ProducerIdAndEpoch(NEW_ID, (short) 0));
        assertThat(transitions.decide(completed, new End(last, COMMIT, (short) 2)))
                .as("and may be repeated")
                .isEqualTo(new Unchanged());
    }

    @Test
    void whatIsOpenForTooLongIsAbortedAndItsProducerFenced() {
        TransactionalProducer aborted = next(transitions.decide(at(Stage.ONGOING), new TimeOut()));
        assertThat(aborted.state()).isEqualTo(new Prepared(ABORT, Set.of(ONE), START, -1));

        TransactionalProducer completed = next(transitions.decide(aborted, new MarkersWritten()));
        assertThat(transitions.decide(completed, new End(CURRENT, COMMIT, (short) 0)))
                .isEqualTo(new Refused(Errors.PRODUCER_FENCED));
        assertThat(transitions.decide(completed, new End(CURRENT, COMMIT, (short) 2)))
                .isEqualTo(new Refused(Errors.INVALID_TXN_STATE));
        assertThat(transitions.decide(completed, new AddPartitions(CURRENT, Set.of(ONE), (short) 0)))
                .isEqualTo(new Refused(Errors.PRODUCER_FENCED));
    }

    @Test
    void whatHasEndedInTheMeantimeDoesNotTimeOut() {
        for (Stage stage : Stage.values()) {
            if (stage != Stage.ONGOING) {
                assertThat(transitions.decide(at(stage), new TimeOut())).isEqualTo(new Unchanged());
            }
        }
    }

    // ---- The log

    @ParameterizedTest
    @MethodSource("stages")
    void everyStateSurvivesTheLog(Stage stage) {
        TransactionalProducer producer = at(stage);

        assertThat(TransactionRecords.producer(TransactionRecords.value(producer)))
                .isEqualTo(producer);
    }

    private static Stream<Stage> stages() {
        return Stream.of(Stage.values());
    }

    @Test
    void theNextIdOfAPreparedTransactionSurvivesTheLog() {
        TransactionalProducer prepared = next(transitions.decide(
                at(Stage.ONGOING, LAST), new End(new ProducerIdAndEpoch(ID, LAST), COMMIT, (short) 2)));

        TransactionalProducer loaded = TransactionRecords.producer(TransactionRecords.value(prepared));
        assertThat(loaded.visible()).isEqualTo(new ProducerIdAndEpoch(NEW_ID, (short) 0));
        assertThat(loaded.state()).isEqualTo(prepared.state());
    }

    @Test
    void theRecordsAreKafkas() {
        TransactionalProducer producer = at(Stage.PREPARE_COMMIT);
        var read = org.apache.kafka.coordinator.transaction.TransactionLog.read(
                TransactionRecords.key("billing").asByteBuffer(),
                TransactionRecords.value(producer).asByteBuffer());

        assertThat(read).isInstanceOf(org.apache.kafka.coordinator.transaction.TransactionLog.TxnRecord.class);
        var record = (org.apache.kafka.coordinator.transaction.TransactionLog.TxnRecord) read;
        assertThat(record.transactionId()).isEqualTo("billing");
        assertThat(record.metadata().producerId()).isEqualTo(ID);
        assertThat(record.metadata().producerEpoch()).isEqualTo(EPOCH);
        assertThat(record.metadata().topicPartitions()).containsExactly(ONE);
        assertThat(record.metadata().state().stateName()).isEqualTo("PrepareCommit");
        assertThat(TransactionRecords.transactionalId(TransactionRecords.key("billing")))
                .isEqualTo("billing");
    }
}

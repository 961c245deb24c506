package io.posthorn.protocol.kafka.produce;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.Partition;
import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.KafkaErrors;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a produce request wants of one partition, on its way from the bytes that came to the answer.
/// Confined to one thread at a time.
final class PartitionProduce implements Reply<Appended> {
    private static final long NONE = -1;

    private final Produce whole;
    private final PartitionProduceResponse response;
    private State state;

    /// Into its transaction; null without one, and as long as nothing is admitted.
    private TransactionGate.@Nullable Admission admission;

    /// Where it stands.
    private sealed interface State {
        /// It came, and was not looked at, or not to the end.
        record Arrived(Partition partition, TopicRules rules, ArrivedBatch batch) implements State {}

        /// @param expires whether any of the records may say when it is over
        record Checked(Partition partition, TopicRules rules, RecordBatch batch, boolean expires) implements State {}

        record Appending(Partition partition, TopicRules rules) implements State {}

        record Answered() implements State {}
    }

    PartitionProduce(Produce whole, PartitionProduceResponse response) {
        this.whole = whole;
        this.response = response.setBaseOffset(NONE).setLogAppendTimeMs(NONE).setLogStartOffset(NONE);
        this.state = new State.Answered();
    }

    void arrived(Partition partition, TopicRules rules, ArrivedBatch batch) {
        state = new State.Arrived(partition, rules, batch);
    }

    void refuse(Errors error, @Nullable String message) {
        answered();
        response.setErrorCode(error.code());
        response.setErrorMessage(message);
    }

    void refuse(Errors error) {
        refuse(error, null);
    }

    /// Looks at the batch, as far as the haste lets it.
    void check(long now, BatchCheck.Haste haste) {
        if (!(state instanceof State.Arrived(Partition partition, TopicRules rules, ArrivedBatch batch))) {
            return;
        }
        try {
            RecordBatch checked = BatchCheck.check(batch, rules, now, haste);
            if (checked != null) {
                state = new State.Checked(partition, rules, checked, batch.expires());
            }
        } catch (RefusedBatch refused) {
            refuse(refused.error(), refused.getMessage());
            response.setRecordErrors(refused.records());
            response.setLogStartOffset(partition.bounds().start());
        }
    }

    /// Whether the check needs more time.
    boolean isUnchecked() {
        return state instanceof State.Arrived;
    }

    /// The batch, as long as it is one of a transaction and not refused.
    @Nullable
    ArrivedBatch transactional() {
        return state instanceof State.Arrived arrived && arrived.batch().isTransactional() ? arrived.batch() : null;
    }

    void admitted(TransactionGate.Admission into) {
        admission = into;
    }

    /// Where the batch is to go, as long as it waits to be appended.
    @Nullable
    Partition partition() {
        return switch (state) {
            case State.Arrived arrived -> arrived.partition();
            case State.Checked checked -> checked.partition();
            case State.Appending _, State.Answered _ -> null;
        };
    }

    /// @return whether there will be a reply
    boolean append() {
        if (!(state
                instanceof State.Checked(Partition partition, TopicRules rules, RecordBatch batch, boolean expires))) {
            return false;
        }
        state = new State.Appending(partition, rules);
        whole.append(partition, batch, expires, this);
        return true;
    }

    @Override
    public void ok(Appended appended) {
        if (state instanceof State.Appending(Partition _, TopicRules rules)) {
            response.setBaseOffset(appended.baseOffset());
            response.setLogStartOffset(appended.start());
            if (rules.hasAppendTime()) {
                response.setLogAppendTimeMs(whole.now());
            }
        }
        answered();
        whole.answered();
    }

    private void answered() {
        state = new State.Answered();
        if (admission != null) {
            admission.leave();
            admission = null;
        }
    }

    @Override
    public void failed(BrokerException cause) {
        refuse(KafkaErrors.of(cause), cause.getMessage());
        whole.answered();
    }
}

package io.posthorn.protocol.kafka.transaction;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.InitProducer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;

/// Tells producers who they are. Anybody may be one: an id alone gets nothing into a topic.
public final class ProducerHandler implements ApiHandler {
    /// From here on clients know PRODUCER_FENCED.
    private static final short KNOWS_FENCED = 4;

    /// Kafka's `transaction.max.timeout.ms`.
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final TransactionCoordination coordination;

    public ProducerHandler(TransactionCoordination coordination) {
        this.coordination = coordination;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.INIT_PRODUCER_ID);
    }

    @Override
    public CompletionStage<InitProducerIdResponse> handle(KafkaRequest request) {
        InitProducerIdRequestData asked =
                request.body(InitProducerIdRequest.class).data();
        return answer(asked, new TransactionRights(request.topics(), request.principal()))
                .thenApply(answer -> response(answer, request.version()));
    }

    private CompletionStage<Answer> answer(InitProducerIdRequestData asked, TransactionRights rights) {
        String transactionalId = asked.transactionalId();
        if (transactionalId == null) {
            return isHalfKnown(asked) ? refused(Errors.INVALID_REQUEST) : coordination.newProducer();
        }
        Errors error = refusal(transactionalId, asked, rights);
        return error == Errors.NONE
                ? coordination.ask(transactionalId, new InitProducer(timeout(asked), known(asked)))
                : refused(error);
    }

    private static Errors refusal(String transactionalId, InitProducerIdRequestData asked, TransactionRights rights) {
        // Transactions that another system decides about (KIP-939) are served by no Kafka that is released.
        if (!rights.mayUse(transactionalId) || asked.enable2Pc()) {
            return Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        }
        if (isHalfKnown(asked) || transactionalId.isEmpty()) {
            return Errors.INVALID_REQUEST;
        }
        if (asked.keepPreparedTxn()) {
            return Errors.UNSUPPORTED_VERSION;
        }
        Duration timeout = timeout(asked);
        return timeout.isPositive() && timeout.compareTo(LONGEST) <= 0
                ? Errors.NONE
                : Errors.INVALID_TRANSACTION_TIMEOUT;
    }

    private static Duration timeout(InitProducerIdRequestData asked) {
        return Duration.ofMillis(asked.transactionTimeoutMs());
    }

    /// With an id and no epoch, or the other way round.
    private static boolean isHalfKnown(InitProducerIdRequestData asked) {
        return (asked.producerId() == RecordBatch.NO_PRODUCER_ID)
                != (asked.producerEpoch() == RecordBatch.NO_PRODUCER_EPOCH);
    }

    private static @org.jspecify.annotations.Nullable ProducerIdAndEpoch known(InitProducerIdRequestData asked) {
        return asked.producerId() == RecordBatch.NO_PRODUCER_ID
                ? null
                : new ProducerIdAndEpoch(asked.producerId(), asked.producerEpoch());
    }

    private static CompletionStage<Answer> refused(Errors error) {
        return CompletableFuture.completedStage(Answer.refused(error));
    }

    private static InitProducerIdResponse response(Answer answer, short version) {
        return new InitProducerIdResponse(new InitProducerIdResponseData()
                .setErrorCode(answer.errorFor(version, KNOWS_FENCED).code())
                .setProducerId(answer.producer().id())
                .setProducerEpoch(answer.producer().epoch()));
    }
}

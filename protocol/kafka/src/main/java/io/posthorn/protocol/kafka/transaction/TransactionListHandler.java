package io.posthorn.protocol.kafka.transaction;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.transaction.TransactionState.Completed;
import io.posthorn.protocol.kafka.transaction.TransactionState.Empty;
import io.posthorn.protocol.kafka.transaction.TransactionState.Ongoing;
import io.posthorn.protocol.kafka.transaction.TransactionState.Prepared;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;
import org.apache.kafka.common.requests.DescribeTransactionsResponse;
import org.apache.kafka.common.requests.ListTransactionsRequest;
import org.apache.kafka.common.requests.ListTransactionsResponse;
import org.jspecify.annotations.Nullable;

/// Transactions are listed and looked at.
public final class TransactionListHandler implements ApiHandler {
    private static final long NO_START = -1;

    private static final Set<String> TITLES = Set.of(
            "Empty",
            "Ongoing",
            "PrepareCommit",
            "PrepareAbort",
            "CompleteCommit",
            "CompleteAbort",
            // Kafka knows these two beside ours; nothing here is ever in one of them.
            "Dead",
            "PrepareEpochFence");

    private final TransactionCoordination coordination;
    private final InstantSource clock;

    public TransactionListHandler(TransactionCoordination coordination, InstantSource clock) {
        this.coordination = coordination;
        this.clock = clock;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.DESCRIBE_TRANSACTIONS, ApiKeys.LIST_TRANSACTIONS);
    }

    /// The rights are the io thread's to ask for.
    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        var rights = new TransactionRights(request.topics(), request.principal());
        return switch (request.body()) {
            case ListTransactionsRequest list -> list(request, list.data(), rights);
            case DescribeTransactionsRequest describe ->
                coordination
                        .all()
                        .handleAsync(
                                (all, failure) -> describe(describe.data().transactionalIds(), all, failure, rights),
                                request.connection().io());
            default -> throw new IllegalArgumentException("not served here: " + request.api());
        };
    }

    // ---- All

    private CompletionStage<ListTransactionsResponse> list(
            KafkaRequest request, ListTransactionsRequestData asked, TransactionRights rights) {
        BiPredicate<String, TransactionalProducer> filter = filter(asked, clock.instant());
        var response = new ListTransactionsResponseData();
        asked.stateFilters().stream()
                .filter(state -> !TITLES.contains(state))
                .forEach(response.unknownStateFilters()::add);
        return coordination
                .all()
                .handleAsync(
                        (all, failure) -> {
                            if (failure != null) {
                                response.setErrorCode(
                                        TransactionCoordination.error(failure).code());
                            } else {
                                list(all, filter, rights, response);
                            }
                            return new ListTransactionsResponse(response);
                        },
                        request.connection().io());
    }

    private static void list(
            Map<String, TransactionalProducer> all,
            BiPredicate<String, TransactionalProducer> filter,
            TransactionRights rights,
            ListTransactionsResponseData response) {
        all.forEach((id, producer) -> {
            if (filter.test(id, producer) && rights.maySee(id)) {
                response.transactionStates()
                        .add(new ListTransactionsResponseData.TransactionState()
                                .setTransactionalId(id)
                                .setProducerId(producer.producerId())
                                .setTransactionState(producer.state().title()));
            }
        });
    }

    private static BiPredicate<String, TransactionalProducer> filter(ListTransactionsRequestData asked, Instant now) {
        var ids = Set.copyOf(asked.producerIdFilters());
        var states = Set.copyOf(asked.stateFilters());
        long duration = asked.durationFilter();
        Pattern pattern = pattern(asked.transactionalIdPattern());
        return (id, producer) -> (ids.isEmpty() || ids.contains(producer.producerId()))
                && (states.isEmpty() || states.contains(producer.state().title()))
                && (duration < 0 || now.toEpochMilli() - start(producer.state()) > duration)
                && (pattern == null || pattern.matches(id));
    }

    private static @Nullable Pattern pattern(@Nullable String text) {
        try {
            return text == null || text.isEmpty() ? null : Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new InvalidRegularExpression("Transaction ID pattern `%s` is not a valid regular expression: %s."
                    .formatted(text, e.getMessage()));
        }
    }

    private static long start(TransactionState state) {
        return switch (state) {
            case Empty _ -> NO_START;
            case Ongoing ongoing -> ongoing.start().toEpochMilli();
            case Prepared prepared -> prepared.start().toEpochMilli();
            case Completed completed -> completed.start().toEpochMilli();
        };
    }

    // ---- One

    private static DescribeTransactionsResponse describe(
            List<String> ids,
            @Nullable Map<String, TransactionalProducer> all,
            @Nullable Throwable failure,
            TransactionRights rights) {
        var response = new DescribeTransactionsResponseData();
        for (String id : ids) {
            var described = new DescribeTransactionsResponseData.TransactionState().setTransactionalId(id);
            response.transactionStates().add(described);
            if (!rights.maySee(id)) {
                described.setErrorCode(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());
            } else if (id.isEmpty()) {
                described.setErrorCode(Errors.INVALID_REQUEST.code());
            } else if (failure != null || all == null) {
                described.setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code());
            } else {
                describe(all.get(id), described, rights);
            }
        }
        return new DescribeTransactionsResponse(response);
    }

    private static void describe(
            @Nullable TransactionalProducer producer,
            DescribeTransactionsResponseData.TransactionState described,
            TransactionRights rights) {
        if (producer == null) {
            described.setErrorCode(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
            return;
        }
        described
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.epoch())
                .setTransactionState(producer.state().title())
                .setTransactionTimeoutMs(Math.toIntExact(producer.timeout().toMillis()))
                .setTransactionStartTimeMs(start(producer.state()));
        for (TopicPartition partition : producer.state().members()) {
            if (rights.maySeeTopic(partition.topic())) {
                TopicData topic = described.topics().find(partition.topic());
                if (topic == null) {
                    topic = new TopicData().setTopic(partition.topic());
                    described.topics().add(topic);
                }
                topic.partitions().add(partition.partition());
            }
        }
    }
}

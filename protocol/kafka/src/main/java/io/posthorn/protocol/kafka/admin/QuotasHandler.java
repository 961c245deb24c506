package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeClientQuotasResponse;

/// Nobody has a quota, and that is told: `kafka-configs` asks for those of a user before it shows anything else of
/// them.
/// Setting one is not served.
public final class QuotasHandler implements ApiHandler {
    private final Surroundings surroundings;

    public QuotasHandler(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.DESCRIBE_CLIENT_QUOTAS);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        return CompletableFuture.completedFuture(
                KafkaRights.of(request, surroundings).mayMonitor()
                        ? new DescribeClientQuotasResponse(new DescribeClientQuotasResponseData().setEntries(List.of()))
                        : request.body().getErrorResponse(0, Errors.CLUSTER_AUTHORIZATION_FAILED.exception()));
    }
}

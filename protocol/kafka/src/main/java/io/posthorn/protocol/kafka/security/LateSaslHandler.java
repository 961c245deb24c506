package io.posthorn.protocol.kafka.security;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;

/// Answers those who say who they are when they have long been let in. Logins have no end, so nobody has
/// to.
public final class LateSaslHandler implements ApiHandler {
    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);
    }

    @Override
    public CompletionStage<AbstractResponse> handle(KafkaRequest request) {
        return CompletableFuture.failedStage(
                Errors.ILLEGAL_SASL_STATE.exception(request.api() + " comes after the connection is open"));
    }
}

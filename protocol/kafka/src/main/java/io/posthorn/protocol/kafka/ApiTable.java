package io.posthorn.protocol.kafka;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.feature.Features;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// Which handler answers what; and the one request that asks for that. Immutable.
public final class ApiTable implements ApiHandler {
    private final Map<ApiKeys, ApiHandler> handlers = new EnumMap<>(ApiKeys.class);
    private final Map<String, SupportedVersionRange> features = new HashMap<>();

    /// @throws IllegalArgumentException when two want the same
    public ApiTable(List<ApiHandler> parts) {
        add(this);
        parts.forEach(this::add);
    }

    private void add(ApiHandler handler) {
        for (ApiKeys api : handler.serves()) {
            if (handlers.put(api, handler) != null) {
                throw new IllegalArgumentException(api + " has two handlers");
            }
        }
        if (handler != this) {
            features.putAll(handler.features());
        }
    }

    /// Whether there is an answer to requests of this kind and version. One that asks for the versions
    /// always gets one.
    boolean knows(RequestHeader header) {
        return handlers.containsKey(header.apiKey())
                && (header.isApiVersionSupported() || header.apiKey() == ApiKeys.API_VERSIONS);
    }

    CompletionStage<? extends AbstractResponse> answer(KafkaRequest request) {
        ApiHandler handler = handlers.get(request.api());
        if (handler == null) {
            throw new IllegalArgumentException(request.api() + " has no handler");
        }
        return handler.handle(request);
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.API_VERSIONS);
    }

    public Set<ApiKeys> served() {
        return Set.copyOf(handlers.keySet());
    }

    @Override
    public CompletionStage<ApiVersionsResponse> handle(KafkaRequest request) {
        return CompletableFuture.completedFuture(versions(request.body(ApiVersionsRequest.class), request));
    }

    private ApiVersionsResponse versions(ApiVersionsRequest request, KafkaRequest around) {
        if (request.hasUnsupportedRequestVersion()) {
            return request.getErrorResponse(0, Errors.UNSUPPORTED_VERSION.exception());
        }
        if (!request.isValid()) {
            return request.getErrorResponse(0, Errors.INVALID_REQUEST.exception());
        }
        around.connection()
                .introduced(request.data().clientSoftwareName(), request.data().clientSoftwareVersion());
        Map<String, Short> finalized = new HashMap<>();
        features.forEach((name, range) -> finalized.put(name, range.max()));
        return new ApiVersionsResponse.Builder()
                .setApiVersions(ApiVersionsResponse.collectApis(ListenerType.BROKER, handlers.keySet(), false))
                .setSupportedFeatures(Features.supportedFeatures(features))
                .setFinalizedFeatures(finalized)
                .setFinalizedFeaturesEpoch(0)
                // What clients of before version 4 cannot read.
                .setAlterFeatureLevel0(around.version() < 4)
                .build();
    }

    Collection<ApiHandler> handlers() {
        return Set.copyOf(handlers.values());
    }
}

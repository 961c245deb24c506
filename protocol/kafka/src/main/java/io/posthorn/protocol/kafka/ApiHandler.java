package io.posthorn.protocol.kafka;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;

/// Answers some of the protocol's requests. Thread-safe: every connection asks the same handler, on its own
/// io thread.
///
/// What clients are told that there is, is what handlers say here.
public interface ApiHandler extends AutoCloseable {
    /// Whose requests come to [#handle].
    Set<ApiKeys> serves();

    /// Features whose levels tell clients how to behave: the finalized level is the greatest one.
    default Map<String, SupportedVersionRange> features() {
        return Map.of();
    }

    /// Begins to answer, on the connection's io thread, which must not be kept waiting.
    ///
    /// @return completes with the answer, on any thread; with null when the request is one that gets none
    /// (`acks=0`); or fails: with [CloseConnection], or with anything else, which the request then is
    /// answered with as an error
    CompletionStage<? extends AbstractResponse> handle(KafkaRequest request);

    /// The broker stops. Blocks until nothing of this handler runs any more.
    @Override
    default void close() {}
}

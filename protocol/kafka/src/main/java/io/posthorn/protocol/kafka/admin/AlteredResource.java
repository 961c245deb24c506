package io.posthorn.protocol.kafka.admin;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// What is to be configured anew, by somebody who may.
interface AlteredResource {
    /// What was set until now.
    Map<String, String> config();

    /// Whether values can be added to this key, and taken away.
    boolean isList(String key);

    /// What holds where nothing was set.
    String defaultOf(String key);

    /// @throws ApiException when this makes no sense
    void check(Map<String, String> next);

    /// @return completes once this is what is set, durably
    CompletableFuture<Object> keep(Map<String, String> next);
}

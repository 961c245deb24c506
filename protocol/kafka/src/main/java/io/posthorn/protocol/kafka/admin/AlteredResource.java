package io.posthorn.protocol.kafka.admin;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What is to be configured anew, by somebody who may.
interface AlteredResource {
    /// What was set until now.
    Map<String, String> config();

    /// Whether values can be added to this key, and taken away.
    boolean isList(String key);

    /// Whether this may be done to a single key.
    ///
    /// @throws ApiException when it may not
    default void checkEdit(OpType operation, String key, @Nullable String value) {
        if ((operation == OpType.APPEND || operation == OpType.SUBTRACT) && !isList(key)) {
            throw Errors.INVALID_CONFIG.exception(
                    "Can't %s to key %s because its type is not LIST.".formatted(operation, key));
        }
    }

    /// What holds where nothing was set.
    String defaultOf(String key);

    /// @return the same, as it is kept
    /// @throws ApiException when this makes no sense
    Map<String, String> checked(Map<String, String> next);

    /// @return completes once this is what is set, durably
    CompletableFuture<Object> keep(Map<String, String> next);
}

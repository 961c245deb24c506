package io.posthorn.console.definitions;

import io.posthorn.broker.admin.VirtualHostSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What files say of a virtual host: by itself, or as its metadata.
final class VirtualHosts {
    private VirtualHosts() {}

    /// @param current what stays of what the file does not say
    static VirtualHostSpec stated(Item item, VirtualHostSpec current) {
        var metadata = item.maybeItem("metadata");
        var stated = new VirtualHostSpec(
                current.name(),
                item.maybeText("description")
                        .or(() -> metadata.flatMap(more -> more.maybeText("description")))
                        .orElse(current.description()),
                item.maybeTags("tags")
                        .or(() -> metadata.flatMap(more -> more.maybeTags("tags")))
                        .orElse(current.tags()),
                item.maybeText("default_queue_type")
                        .or(() -> metadata.flatMap(more -> more.maybeText("default_queue_type")))
                        .map(Optional::of)
                        .orElse(Optional.ofNullable(current.defaultQueueType()))
                        .map(VirtualHosts::queueType)
                        .orElse(null),
                item.maybeFlag("protected_from_deletion")
                        .or(() -> metadata.flatMap(more -> more.maybeFlag("protected_from_deletion")))
                        .orElse(current.isProtected()),
                item.maybeFlag("tracing")
                        .or(() -> metadata.flatMap(more -> more.maybeFlag("tracing")))
                        .orElse(current.tracing()));
        return stated;
    }

    /// RabbitMQ writes `undefined` for none, and what Erlang calls a type.
    static @Nullable String queueType(String written) {
        return switch (written) {
            case "", "undefined" -> null;
            case "rabbit_classic_queue" -> "classic";
            case "rabbit_quorum_queue" -> "quorum";
            case "rabbit_stream_queue" -> "stream";
            default -> written;
        };
    }
}

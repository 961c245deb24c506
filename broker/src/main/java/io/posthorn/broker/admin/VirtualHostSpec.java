package io.posthorn.broker.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is said of a virtual host.
///
/// @param description for people; empty for none
/// @param tags for people
/// @param defaultQueueType of queues declared without `x-queue-type`; null for classic
/// @param isProtected whether it cannot be deleted until this is taken back
/// @param tracing whether what is published and delivered goes to `amq.rabbitmq.trace` too
public record VirtualHostSpec(
        String name,
        String description,
        List<String> tags,
        @Nullable String defaultQueueType,
        boolean isProtected,
        boolean tracing) {
    public VirtualHostSpec {
        tags = List.copyOf(tags);
    }

    public static VirtualHostSpec named(String name) {
        return new VirtualHostSpec(name, "", List.of(), null, false, false);
    }
}

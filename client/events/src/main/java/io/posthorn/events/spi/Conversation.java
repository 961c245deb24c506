package io.posthorn.events.spi;

import org.jspecify.annotations.Nullable;

/// Which question and answer a message is part of.
///
/// @param correlationId what an answer refers to
/// @param replyTo the queue that an answer is to go to
public record Conversation(
        @Nullable String correlationId, @Nullable String replyTo) {
    /// Of a message that stands for itself.
    public static final Conversation NONE = new Conversation(null, null);

    /// Of what a message says of it.
    public static Conversation of(@Nullable String correlationId, @Nullable String replyTo) {
        return correlationId == null && replyTo == null ? NONE : new Conversation(correlationId, replyTo);
    }
}

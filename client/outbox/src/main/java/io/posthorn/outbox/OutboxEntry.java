package io.posthorn.outbox;

import io.posthorn.events.EncodedEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An event that waits in the outbox.
///
/// @param id its place in the outbox
/// @param attempts how often publishing it has failed
/// @param nextAttempt not before then
/// @param isParked whether it was given up, and waits for [JdbcOutbox#retry]
/// @param lastError why the last attempt failed; null when none has
public record OutboxEntry(
        long id,
        EncodedEvent event,
        Instant created,
        int attempts,
        Instant nextAttempt,
        boolean isParked,
        @Nullable String lastError) {}

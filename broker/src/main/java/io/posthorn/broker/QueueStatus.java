package io.posthorn.broker;

import org.jspecify.annotations.Nullable;

/// A queue at one instant.
///
/// @param ready messages that wait for a consumer
/// @param unsettled messages delivered and not yet settled
/// @param duplicates messages kept out since the broker started, because they had come before
/// @param pausedBecause why the queue delivers nothing at present; null when it does
/// @param type as [QueueSpec#type] tells it
public record QueueStatus(
        String name,
        boolean durable,
        boolean exclusive,
        boolean autoDelete,
        long ready,
        long unsettled,
        int consumers,
        long duplicates,
        @Nullable String pausedBecause,
        String type) {}

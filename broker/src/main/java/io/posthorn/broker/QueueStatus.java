package io.posthorn.broker;

/// A queue at one instant.
///
/// @param ready messages that wait for a consumer
/// @param unsettled messages delivered and not yet settled
public record QueueStatus(
        String name,
        boolean durable,
        boolean exclusive,
        boolean autoDelete,
        long ready,
        long unsettled,
        int consumers) {}

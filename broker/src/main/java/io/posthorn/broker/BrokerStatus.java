package io.posthorn.broker;

import io.posthorn.log.StorageHealth;

/// Counts since start, for `status` and metrics.
public record BrokerStatus(
        int sessions,
        int queues,
        int consumers,
        long published,
        long delivered,
        long settled,
        long heldBytes,
        StorageHealth storage) {}

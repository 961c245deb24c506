package io.posthorn.broker.topic;

import io.posthorn.log.ReadBatches;

/// Consecutive batches of a partition, in memory of whoever has read them.
///
/// @param batches where they lie; one at least
/// @param bounds as they were when the batches were chosen: no batch begins behind their end
public record PartitionRead(ReadBatches batches, PartitionBounds bounds) {}

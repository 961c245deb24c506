package io.posthorn.broker.topic;

/// What a partition knows of one producer.
///
/// @param lastSequence of its last record; -1 when it has none of this epoch
/// @param lastTimestamp when it last appended, in milliseconds since the epoch
/// @param coordinatorEpoch of the last marker that ended a transaction of it; -1 without one
/// @param transactionStart the first offset of its open transaction; -1 without one
public record ProducerStatus(
        long producerId,
        short epoch,
        int lastSequence,
        long lastTimestamp,
        int coordinatorEpoch,
        long transactionStart) {}

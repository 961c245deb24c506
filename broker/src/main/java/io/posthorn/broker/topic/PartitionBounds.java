package io.posthorn.broker.topic;

/// How far a partition reaches.
///
/// @param start the first offset that is kept: Kafka's log start offset, or low watermark
/// @param highWatermark everything before it is durable and may be shown
/// @param lastStable the first offset of the first transaction that is open; without one, the high watermark
public record PartitionBounds(long start, long highWatermark, long lastStable) {
    /// Of what nobody has opened yet, or what is gone.
    public static final PartitionBounds NONE = new PartitionBounds(0, 0, 0);

    /// Where a reader of this isolation ends.
    public long end(Isolation isolation) {
        return isolation == Isolation.READ_COMMITTED ? lastStable : highWatermark;
    }
}

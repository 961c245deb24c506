package io.posthorn.broker;

/// A message that somebody looked at, and that stays where it is.
///
/// @param queue where it is: for a dead one, not the queue it died in
/// @param id names it there: its offset, and of a topic the partition too
/// @param redelivered whether it may have been delivered before
/// @param deliveryCount how often it was delivered and came back
public record BrowsedMessage(
        QueueHandle queue, MessageState state, long id, boolean redelivered, int deliveryCount, Message message) {
    /// More partitions than a topic can have. As these bits are the low ones, ids go round by round: the
    /// first message of each partition, then the second.
    private static final int PARTITION_BITS = 14;

    /// @param queue what it is in, itself and not what its name stands for
    public static long id(QueueHandle queue, long offset) {
        return queue.isOfTopic() ? offset << PARTITION_BITS | queue.partition() : offset;
    }

    static long offsetOf(long idInTopic) {
        return idInTopic >>> PARTITION_BITS;
    }

    static int partitionOf(long idInTopic) {
        return (int) idInTopic & ((1 << PARTITION_BITS) - 1);
    }

    /// What it is settled by, once it is claimed.
    public long deliveryId() {
        return queue.isOfTopic() ? offsetOf(id) : id;
    }
}

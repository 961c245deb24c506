package io.posthorn.broker.statistics;

import io.posthorn.broker.topology.QueueEntry;
import org.jspecify.annotations.Nullable;

/// A queue at one instant, and what it has counted since the broker started.
///
/// @param isSound whether it serves; one that is out of order keeps its messages, and nothing else is known of it
/// @param ready messages that wait for a consumer
/// @param unsettled messages delivered and not yet settled
/// @param messageBytes what a message takes on average, of those that came in since the start; 0 when none did
/// @param headTime when the oldest ready message came in, in milliseconds since the epoch; 0 where that is not kept
/// @param usedAt when something last happened here; 0 for not since the start
/// @param activeConsumer the tag of the single active consumer; null where there is none
/// @param waitedMillis for how long messages were ready that no consumer could take, though consumers were there
/// @param canTake whether some consumer could take a message at once
/// @param duplicates messages kept out, because they had come before
/// @param pausedBecause why it delivers nothing at present; null when it does
public record QueueStatistics(
        QueueEntry queue,
        boolean isSound,
        long ready,
        long unsettled,
        int consumers,
        Counts counts,
        long messageBytes,
        long headTime,
        long usedAt,
        @Nullable String activeConsumer,
        long waitedMillis,
        boolean canTake,
        long duplicates,
        @Nullable String pausedBecause) {

    /// Of a queue that is out of order.
    public static QueueStatistics outOfOrder(QueueEntry queue) {
        return new QueueStatistics(queue, false, 0, 0, 0, Counts.NONE, 0, 0, 0, null, 0, false, 0, null);
    }
}

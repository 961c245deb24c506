package io.posthorn.broker.topic;

import org.jspecify.annotations.Nullable;

/// How records of a cursor are leased.
///
/// @param millis how long at a time; then they come back by themselves
/// @param mostDeliveries so often a record is delivered, and is given up when it comes back from the last
/// @param mostLeased how many of a partition may be leased at the same time, to all together
/// @param isolation whether records of transactions that are open are leased, too. What was leased once may be
/// leased again. A queue, and the cursor that the consumers of queues share, know what is committed only.
/// @param deadLetters where goes what is refused or was delivered too often; null for nowhere. What a queue gives
/// up goes where its policies say.
public record LeaseRules(
        long millis,
        int mostDeliveries,
        int mostLeased,
        Isolation isolation,
        @Nullable DeadLetterTopic deadLetters) {
    /// Without dead letters.
    public LeaseRules(long millis, int mostDeliveries, int mostLeased, Isolation isolation) {
        this(millis, mostDeliveries, mostLeased, isolation, null);
    }

    /// The same for those who share with the consumers of queues: what those refuse, too, would go to the dead letters
    /// of the group.
    public LeaseRules amongConsumers() {
        return new LeaseRules(millis, mostDeliveries, mostLeased, Isolation.READ_COMMITTED, null);
    }
}

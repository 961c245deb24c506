package io.posthorn.broker.topic;

/// How records of a cursor are leased.
///
/// @param millis how long at a time; then they come back by themselves
/// @param mostDeliveries so often a record is delivered, and is given up when it comes back from the last
/// @param mostLeased how many of a partition may be leased at the same time, to all together
/// @param isolation whether records of transactions that are open are leased, too. What was ready once stays so. A
/// queue,
/// and the cursor that the consumers of queues share, know what is committed only.
public record LeaseRules(long millis, int mostDeliveries, int mostLeased, Isolation isolation) {
    /// The same for those who share with the consumers of queues.
    public LeaseRules committed() {
        return new LeaseRules(millis, mostDeliveries, mostLeased, Isolation.READ_COMMITTED);
    }
}

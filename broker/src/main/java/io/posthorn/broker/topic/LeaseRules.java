package io.posthorn.broker.topic;

/// How records of a cursor are leased.
///
/// @param millis how long at a time; then they come back by themselves
/// @param mostDeliveries so often a record is delivered, and is given up when it comes back from the last
/// @param mostLeased how many of a partition may be leased at the same time, to all together
public record LeaseRules(long millis, int mostDeliveries, int mostLeased) {}

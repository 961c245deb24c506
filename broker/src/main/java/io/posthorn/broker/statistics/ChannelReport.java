package io.posthorn.broker.statistics;

import java.util.List;

/// A channel at one instant.
///
/// @param state for people: `running`, `flow`
/// @param prefetch how many unsettled deliveries each new consumer may hold; 0 for any number
/// @param sharedPrefetch how many all consumers may hold together; 0 for any number
/// @param confirms whether publishes are confirmed
/// @param transactional whether publishes and settlements wait for a commit
/// @param unsettled deliveries not yet settled
/// @param unconfirmed publishes that wait for their confirm
/// @param uncommitted publishes that wait for the commit
/// @param acksUncommitted settlements that wait for the commit
/// @param usedAt when the peer last asked for something, in milliseconds since the epoch
public record ChannelReport(
        int number,
        String state,
        int prefetch,
        int sharedPrefetch,
        boolean confirms,
        boolean transactional,
        long unsettled,
        long unconfirmed,
        long uncommitted,
        long acksUncommitted,
        long usedAt,
        Counts counts,
        List<ConsumerReport> consumers) {}

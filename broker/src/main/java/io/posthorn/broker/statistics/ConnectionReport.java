package io.posthorn.broker.statistics;

import java.util.List;

/// A connection at one instant, as its protocol sees it.
///
/// @param state for people: `running`, `blocked`, `blocking`, `flow`
/// @param unsentBytes what the peer has not taken yet
/// @param counts of all its channels, those that are closed too
/// @param channels by number; of a protocol without channels one
public record ConnectionReport(
        ConnectionFacts facts, String state, long unsentBytes, Counts counts, List<ChannelReport> channels) {}

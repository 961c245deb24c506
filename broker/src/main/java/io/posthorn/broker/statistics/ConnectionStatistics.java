package io.posthorn.broker.statistics;

/// A connection at one instant.
///
/// @param name unique among those that are open
public record ConnectionStatistics(String name, String user, String virtualHost, ConnectionReport report) {}

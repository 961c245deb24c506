package io.posthorn.broker.statistics;

/// The whole broker at one instant. What is counted includes queues and connections that are gone.
///
/// @param queues what queues have counted
/// @param connections what connections have counted
public record Totals(
        Counts queues,
        Counts connections,
        long ready,
        long unsettled,
        long consumers,
        int openConnections,
        int openChannels,
        long connectionsOpened,
        long connectionsClosed,
        long queuesDeclared,
        long queuesCreated,
        long queuesDeleted) {}

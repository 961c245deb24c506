package io.posthorn.broker.statistics;

import io.posthorn.broker.Arguments;

/// A consumer, as its channel knows it.
///
/// @param active whether messages may come to it; false for those that wait behind a single active consumer
public record ConsumerReport(
        String queue,
        String tag,
        boolean ackRequired,
        boolean exclusive,
        int prefetch,
        boolean active,
        Arguments arguments) {}

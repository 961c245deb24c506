package io.posthorn.broker.topic;

/// A transaction that came to nothing.
///
/// @param firstOffset of its first record
/// @param lastOffset of the marker that ended it
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset) {}

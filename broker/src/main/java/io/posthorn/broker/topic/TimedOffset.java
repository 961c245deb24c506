package io.posthorn.broker.topic;

/// @param timestamp of the record at that offset, in milliseconds since the epoch
public record TimedOffset(long offset, long timestamp) {}

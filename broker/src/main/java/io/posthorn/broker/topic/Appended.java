package io.posthorn.broker.topic;

/// A batch has its place.
///
/// @param baseOffset of its first record
/// @param start the first offset of the partition that is kept
/// @param isDuplicate whether it was there already, from an earlier try of its producer
public record Appended(long baseOffset, long start, boolean isDuplicate) {}

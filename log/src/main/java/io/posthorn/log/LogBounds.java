package io.posthorn.log;

/// What a log holds, at one instant: records from `start` (inclusive) to `end` (exclusive).
///
/// @param start the first offset not trimmed
/// @param end the offset that the next appended record gets
public record LogBounds(long start, long end) {}

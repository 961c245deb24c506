package io.posthorn.broker.queue;

import org.jspecify.annotations.Nullable;

/// What a queue must know of the messages of one batch beside their offsets, where it must: it is journaled with them.
///
/// @param base the offset of the first of them
/// @param runs priorities and sizes; null where they do not matter
/// @param keys whose turn it is with them, hashed; null where that does not matter
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MessageFacts(long base, @Nullable MessageRuns runs, long @Nullable [] keys) {}

package io.posthorn.broker.topic;

/// How far a cursor is in one partition.
///
/// @param start everything before this offset is done with
/// @param settled how many offsets behind it are done with as well
public record CursorStatus(long start, long settled) {}

package io.posthorn.broker;

/// One message that waits at an exchange for its time.
///
/// @param id names it at this exchange, for ever
/// @param dueAt wall time in milliseconds since the epoch
/// @param size of its body, in bytes
public record DelayedMessage(long id, long dueAt, String exchange, String routingKey, int size) {}

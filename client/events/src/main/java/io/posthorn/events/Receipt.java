package io.posthorn.events;

/// A message is in its queue.
///
/// @param id of the message
public record Receipt(String id) {}

package io.posthorn.events;

/// A message that somebody looks at while it waits.
public record Stored<T>(T value, Envelope envelope) {}

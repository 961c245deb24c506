package io.posthorn.broker.topology;

/// Names one session while the broker runs: the owner of an exclusive queue.
public record SessionId(long value) {}

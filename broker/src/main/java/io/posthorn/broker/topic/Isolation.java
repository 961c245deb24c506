package io.posthorn.broker.topic;

/// How much of transactions that are still open a reader sees.
public enum Isolation {
    READ_UNCOMMITTED,
    READ_COMMITTED
}

package io.posthorn.broker.producer;

import org.jspecify.annotations.Nullable;

/// A transaction of which a reader may not know yet how it ends: it is open, or the marker that ends it is not durable.
/// One in a list in the order of their begins.
final class OpenTransaction {
    private static final long OPEN = -1;

    private final long first;
    private long marker = OPEN;

    @Nullable
    OpenTransaction before;

    @Nullable
    OpenTransaction behind;

    OpenTransaction(long first) {
        this.first = first;
    }

    /// Offset of its first record.
    long first() {
        return first;
    }

    /// Offset of the marker that ends it.
    long marker() {
        return marker;
    }

    void endsAt(long offset) {
        marker = offset;
    }
}

package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What waits for the journal to become durable, in the order of the journal. Whoever parks something need not
/// ask for a sync: the shard does, for all that waits.
final class ParkedReceipts {
    private final ArrayDeque<Parked> parked = new ArrayDeque<>();

    /// Something that waits for a position.
    interface Parked {
        /// Everything before this position of the journal must be durable.
        long position();

        void durable();

        /// It never will be.
        default void never(BrokerException cause) {}
    }

    boolean isEmpty() {
        return parked.isEmpty();
    }

    int size() {
        return parked.size();
    }

    /// @param entry its position is not before those of earlier ones
    void add(Parked entry) {
        parked.addLast(entry);
    }

    /// The position that the last one waits for.
    long lastPosition() {
        return parked.getLast().position();
    }

    /// Takes the first one, if it need not wait any more.
    @Nullable
    Parked pollDurable(long durableEnd) {
        Parked first = parked.peek();
        return first != null && first.position() <= durableEnd ? parked.poll() : null;
    }

    /// Takes the first one, durable or not.
    @Nullable
    Parked poll() {
        return parked.poll();
    }
}

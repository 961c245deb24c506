package io.posthorn.broker.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The consumers of one queue, and whose turn it is.
final class Consumers {
    private final List<Consumer> all = new ArrayList<>(1);
    private final ArrayDeque<Consumer> ring = new ArrayDeque<>(2);

    int size() {
        return all.size();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean hasExclusive() {
        return all.size() == 1 && all.getFirst().exclusive();
    }

    void add(Consumer consumer) {
        all.add(consumer);
        offer(consumer);
    }

    /// @return whether it was there
    boolean remove(Consumer consumer) {
        if (consumer.inRing) {
            ring.remove(consumer);
            consumer.inRing = false;
        }
        return all.remove(consumer);
    }

    /// Takes the consumer whose turn it is out of the ring; give it back with [#offer].
    @Nullable
    Consumer poll() {
        Consumer consumer = ring.poll();
        if (consumer != null) {
            consumer.inRing = false;
        }
        return consumer;
    }

    boolean anyWelcome() {
        return !ring.isEmpty();
    }

    /// Puts a consumer behind the others, if it can take a delivery.
    void offer(Consumer consumer) {
        if (!consumer.inRing && consumer.isWelcome()) {
            consumer.inRing = true;
            ring.addLast(consumer);
        }
    }

    /// As [#offer], but it stays first: it was its turn, and it got nothing.
    void giveBackTurn(Consumer consumer) {
        if (!consumer.inRing && consumer.isWelcome()) {
            consumer.inRing = true;
            ring.addFirst(consumer);
        }
    }

    List<Consumer> all() {
        return all;
    }
}

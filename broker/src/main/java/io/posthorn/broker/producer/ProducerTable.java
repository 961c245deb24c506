package io.posthorn.broker.producer;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Producers by their ids, without an object for each id that is asked for.
final class ProducerTable {
    private static final int SMALLEST = 4;

    private @Nullable Producer[] slots = new @Nullable Producer[SMALLEST];
    private int size;

    int size() {
        return size;
    }

    @Nullable
    Producer get(long id) {
        return slots[slot(slots, id)];
    }

    /// The producer of this id, a new one where there was none.
    Producer of(long id) {
        int slot = slot(slots, id);
        Producer known = slots[slot];
        if (known != null) {
            return known;
        }
        var made = new Producer(id);
        if (size >= slots.length * 3 / 4) {
            rebuild(slots.length * 2, _ -> true);
            slot = slot(slots, id);
        }
        slots[slot] = made;
        size++;
        return made;
    }

    void removeIf(Predicate<Producer> gone) {
        boolean any = false;
        for (Producer each : slots) {
            any |= each != null && gone.test(each);
        }
        if (any) {
            rebuild(slots.length, gone.negate());
        }
    }

    private void rebuild(int length, Predicate<Producer> stays) {
        @Nullable Producer[] before = slots;
        slots = new @Nullable Producer[length];
        size = 0;
        for (Producer each : before) {
            if (each != null && stays.test(each)) {
                slots[slot(slots, each.id())] = each;
                size++;
            }
        }
    }

    void forEach(Consumer<Producer> action) {
        for (Producer each : slots) {
            if (each != null) {
                action.accept(each);
            }
        }
    }

    /// Where the producer is, or belongs. There always is an empty slot.
    private static int slot(@Nullable Producer[] slots, long id) {
        int mask = slots.length - 1;
        int slot = Long.hashCode(id * 0x9E3779B97F4A7C15L) & mask;
        Producer there = slots[slot];
        while (there != null && there.id() != id) {
            slot = (slot + 1) & mask;
            there = slots[slot];
        }
        return slot;
    }
}

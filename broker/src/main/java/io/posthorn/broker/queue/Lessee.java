package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseRules;
import java.util.TreeMap;

/// Takes messages by their offsets, and has each for a time only. Made by a session, then touched by the queue's thread
/// only.
public final class Lessee extends Holder {
    /// By the first offset: ranges that it has until the same time. They do not overlap.
    private final TreeMap<Long, Lease> leases = new TreeMap<>();

    private LeaseRules rules =
            new LeaseRules(Long.MAX_VALUE, Redeliveries.MOST, Integer.MAX_VALUE, Isolation.READ_COMMITTED);

    /// Whether it is counted as a consumer here, and not in another partition. Volatile, since its session says so.
    private volatile boolean isCounted = true;

    private record Lease(long to, long due) {}

    /// On any thread.
    public void count(boolean here) {
        isCounted = here;
    }

    boolean isCounted() {
        return isCounted;
    }

    void rules(LeaseRules now) {
        rules = now;
    }

    /// @param leased how much all have together
    boolean mayHaveMore(long leased) {
        return leased < rules.mostLeased();
    }

    @Override
    int mostReturns() {
        return rules.mostDeliveries() - 1;
    }

    /// It has this range from now on, or longer than before.
    void begin(long from, long to, long now) {
        ended(from, to);
        leases.put(from, new Lease(to, now + rules.millis()));
    }

    @Override
    void ended(long from, long to) {
        var before = leases.lowerEntry(from);
        if (before != null && before.getValue().to() > from) {
            Lease whole = before.getValue();
            leases.put(before.getKey(), new Lease(from, whole.due()));
            leases.put(from, whole);
        }
        for (var each = leases.ceilingEntry(from);
                each != null && each.getKey() < to;
                each = leases.ceilingEntry(from)) {
            leases.remove(each.getKey());
            if (each.getValue().to() > to) {
                leases.put(to, each.getValue());
            }
        }
    }

    /// When it must have settled or renewed the first of what it has.
    long firstDue() {
        long first = Message.NEVER;
        for (Lease lease : leases.values()) {
            first = Math.min(first, lease.due());
        }
        return first;
    }

    /// Adds what it has had for too long.
    void overdue(long now, OffsetRanges into) {
        leases.forEach((from, lease) -> {
            if (lease.due() <= now) {
                into.add(from, lease.to());
            }
        });
    }
}

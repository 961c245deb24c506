package io.posthorn.verification.simulation;

import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.Leased;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What those know who compete by one cursor, and what they were promised: an offset is leased to one at a
/// time, what was answered to be done with never comes back, nothing is lost, and how often something was
/// delivered is told rightly.
final class LeaseHistory {
    /// So often a record is delivered.
    static final int MOST_DELIVERIES = 4;

    private final String name;

    /// Whether returns are in the journal before they are answered; else a crash forgets them.
    private final boolean countsDurably;

    private final TreeMap<Long, Offset> offsets = new TreeMap<>();
    private final Set<Long> acknowledged = new HashSet<>();

    /// Holders that have given everything back.
    private final Set<Object> gone = new HashSet<>();

    /// Leases that were asked for, and of which nobody has heard: what they took came back, or never went out.
    private int unheard;

    /// Where the cursor begins, if it is there.
    private long start;

    /// Whether this process was asked for the cursor.
    private boolean isAskedToBegin;

    LeaseHistory(String name, boolean countsDurably) {
        this.name = name;
        this.countsDurably = countsDurably;
    }

    private static final class Offset {
        /// Who has it for sure, until then; null when nobody may have it.
        @Nullable
        Object holder;

        long dueAtLeast;

        /// By its last delivery, that included.
        int deliveries;

        /// How often it came back, at least: what this process knows, and what the journal has.
        int returns;

        int durableReturns;
        int mostReturns;

        /// Those whose ends are not answered yet: they end what the holder has then, which may be another lease.
        final Set<Object> ending = new HashSet<>();

        /// Somebody has asked to be done with it, or it was delivered for the last time.
        boolean mayBeDone;

        boolean isDone;
    }

    @Override
    public String toString() {
        return name;
    }

    private void check(boolean holds, Supplier<String> what) {
        if (!holds) {
            throw new InvariantBroken(name + ": " + what.get());
        }
    }

    void acknowledged(long base, int count) {
        for (long offset = base; offset < base + count; offset++) {
            acknowledged.add(offset);
        }
    }

    /// The cursor is declared, if at all, to begin here.
    void askedToBeginAt(long offset) {
        start = offset;
        isAskedToBegin = true;
    }

    boolean isAskedToBegin() {
        return isAskedToBegin;
    }

    // ---- Leases

    void askedToLease() {
        unheard++;
    }

    /// @param asked when
    /// @param now when it was answered
    void leased(Object holder, List<Leased> ranges, long asked, long now, long millis) {
        unheard--;
        long previous = -1;
        for (Leased range : ranges) {
            check(range.from() >= previous && range.from() < range.to(), () -> range + " is out of its place");
            previous = range.to();
            for (long offset = range.from(); offset < range.to(); offset++) {
                leased(holder, offset, range.deliveries(), asked + millis, now);
            }
        }
    }

    private void leased(Object holder, long offset, int deliveries, long dueAtLeast, long now) {
        Offset known = offsets.computeIfAbsent(offset, _ -> new Offset());
        check(offset >= start, () -> offset + " is before the start, " + start);
        check(known.holder == null || known.dueAtLeast <= now, () -> offset + " is somebody's, and was leased");
        check(!known.isDone, () -> offset + " was done with, and was leased");
        check(
                deliveries > known.returns
                        && deliveries <= known.mostReturns + 1 + unheard
                        && deliveries <= MOST_DELIVERIES,
                () -> "%d was leased for the %d. time, having come back %d to %d times"
                        .formatted(offset, deliveries, known.returns, known.mostReturns));
        known.holder = known.ending.contains(holder) || gone.contains(holder) ? null : holder;
        known.dueAtLeast = dueAtLeast;
        known.deliveries = deliveries;
        known.returns = deliveries - 1;
        // Nobody says when a lease ends that nobody ends.
        known.mostReturns = deliveries;
        known.mayBeDone |= deliveries == MOST_DELIVERIES;
    }

    /// What the holder has, as far as he knows.
    List<Long> heldBy(Object holder) {
        var held = new ArrayList<Long>();
        offsets.forEach((offset, known) -> {
            if (holder.equals(known.holder)) {
                held.add(offset);
            }
        });
        return held;
    }

    // ---- Ends

    /// It is asked for, and may happen from now on.
    ///
    /// @return what to tell when it is answered
    Ending ending(Object holder, LeaseEnd end) {
        var ending = new Ending(holder, end);
        for (long offset = end.from(); offset < end.to(); offset++) {
            Offset known = Objects.requireNonNull(offsets.get(offset));
            ending.dueAtLeast = Math.min(ending.dueAtLeast, known.dueAtLeast);
            ending.deliveries.put(offset, known.deliveries);
            known.holder = null;
            known.ending.add(holder);
            known.mayBeDone |= end.how() == How.ACCEPTED || end.how() == How.REJECTED;
        }
        return ending;
    }

    final class Ending {
        private final Object holder;
        private final LeaseEnd end;
        private final Map<Long, Integer> deliveries = new HashMap<>();

        /// When the first of it had to be ended.
        private long dueAtLeast = Long.MAX_VALUE;

        private Ending(Object holder, LeaseEnd end) {
            this.holder = holder;
            this.end = end;
        }

        /// @param asked when
        void answered(LeaseAnswer answer, long asked, long now, long millis) {
            deliveries
                    .keySet()
                    .forEach(offset ->
                            Objects.requireNonNull(offsets.get(offset)).ending.remove(holder));
            if (answer != LeaseAnswer.DONE) {
                check(dueAtLeast <= now, () -> end + " of what is leased was answered by " + answer);
                return;
            }
            for (long offset = end.from(); offset < end.to(); offset++) {
                Offset known = Objects.requireNonNull(offsets.get(offset));
                switch (end.how()) {
                    case ACCEPTED, REJECTED -> known.isDone = true;
                    case RELEASED -> {
                        int times = Objects.requireNonNull(deliveries.get(offset));
                        known.returns = Math.max(known.returns, times);
                        known.durableReturns = Math.max(known.durableReturns, times);
                    }
                    case RENEWED -> {
                        if (known.holder == null && !gone.contains(holder)) {
                            known.holder = holder;
                            known.dueAtLeast = asked + millis;
                        }
                    }
                    case UNSEEN -> {}
                }
            }
        }
    }

    /// The holder gives everything back.
    void left(Object holder) {
        gone.add(holder);
        offsets.values().stream().filter(known -> holder.equals(known.holder)).forEach(known -> known.holder = null);
    }

    // ---- Over a crash, and in the end

    void restarted() {
        isAskedToBegin = false;
        offsets.values().forEach(known -> {
            known.holder = null;
            known.ending.clear();
            known.returns = countsDurably ? Math.min(known.returns, known.durableReturns) : 0;
        });
    }

    /// Everything was taken that there is.
    void checkNothingIsLost(Set<Long> drained) {
        var lost = new ArrayList<Long>();
        for (long offset : acknowledged) {
            Offset known = offsets.get(offset);
            boolean mayBeGone = known == null
                    ? unheard >= MOST_DELIVERIES
                    : known.mayBeDone || known.deliveries + unheard >= MOST_DELIVERIES;
            if (offset >= start && !mayBeGone && !drained.contains(offset)) {
                lost.add(offset);
            }
        }
        check(lost.isEmpty(), () -> lost + " were promised, and nobody gets them");
    }
}

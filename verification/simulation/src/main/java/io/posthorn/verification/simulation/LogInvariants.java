package io.posthorn.verification.simulation;

import io.posthorn.log.LogBounds;
import java.util.List;
import java.util.Map;

/// The promises of a storage.
final class LogInvariants {
    private LogInvariants() {}

    /// What a world of logs shows.
    sealed interface Event {
        /// A new process has begun.
        ///
        /// @param promised what the journal's durable end had been
        record Recovered(long promised, long end) implements Event {}

        record DurableEnd(long before, long now, long end) implements Event {}

        record Bounds(long log, LogBounds expected, LogBounds actual) implements Event {}

        /// @param from the offset of the first
        record Records(long log, long from, List<Long> expected, List<Long> actual) implements Event {}

        record Machine(int machine, Map<Integer, Long> expected, Map<Integer, Long> actual) implements Event {}

        record Damage(int ranges) implements Event {}

        record Orphans(int found) implements Event {}
    }

    static List<Invariant<Event>> all() {
        return List.of(
                new WhatWasDurableSurvives(),
                new TheDurableEndOnlyGrows(),
                new RecordsAreWhatWasAppended(),
                new WhatIsGoneStaysGoneAndTheRestIsThere(),
                new MachinesGetTheirEventsBack(),
                new NothingIsDamagedByCrashes());
    }

    private static void check(boolean holds, Invariant<Event> invariant, Event event) {
        if (!holds) {
            throw new InvariantBroken(invariant.getClass().getSimpleName() + ": " + event);
        }
    }

    static final class WhatWasDurableSurvives implements Invariant<Event> {
        @Override
        public void observe(Event event) {
            if (event instanceof Event.Recovered(long promised, long end)) {
                check(end >= promised, this, event);
            }
        }
    }

    static final class TheDurableEndOnlyGrows implements Invariant<Event> {
        @Override
        public void observe(Event event) {
            if (event instanceof Event.DurableEnd(long before, long now, long end)) {
                check(now >= before && now <= end, this, event);
            }
        }
    }

    static final class RecordsAreWhatWasAppended implements Invariant<Event> {
        @Override
        public void observe(Event event) {
            if (event instanceof Event.Records records) {
                check(records.expected().equals(records.actual()), this, event);
            }
        }
    }

    static final class WhatIsGoneStaysGoneAndTheRestIsThere implements Invariant<Event> {
        @Override
        public void observe(Event event) {
            if (event instanceof Event.Bounds bounds) {
                check(bounds.expected().equals(bounds.actual()), this, event);
            }
            if (event instanceof Event.Orphans(int found)) {
                check(found == 0, this, event);
            }
        }
    }

    static final class MachinesGetTheirEventsBack implements Invariant<Event> {
        @Override
        public void observe(Event event) {
            if (event instanceof Event.Machine machine) {
                check(machine.expected().equals(machine.actual()), this, event);
            }
        }
    }

    static final class NothingIsDamagedByCrashes implements Invariant<Event> {
        @Override
        public void observe(Event event) {
            if (event instanceof Event.Damage(int ranges)) {
                check(ranges == 0, this, event);
            }
        }
    }
}

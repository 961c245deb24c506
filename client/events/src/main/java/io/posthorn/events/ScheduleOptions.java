package io.posthorn.events;

import java.time.Duration;

/// How a schedule runs. Immutable.
///
/// @param publish topic, subject and so on of its events; without an id and a delay, which are the schedule's
/// @param misfire what happens with times that passed while no program was there
/// @param tolerance what is no later than this counts as in time
/// @param overlap what happens with a time that comes while a handler still works on the one before
public record ScheduleOptions(Publish publish, Misfire misfire, Duration tolerance, Overlap overlap) {
    /// What happens with times that passed while no program was there.
    public enum Misfire {
        /// They are over.
        SKIP,
        /// One event stands for all of them.
        RUN_ONCE,
        /// An event for each of them.
        RUN_ALL
    }

    /// What happens with a time that comes while a handler still works on the event of the one before: for each
    /// subscription by itself, and for all programs that share a durable one. A next attempt at an event is no
    /// other time.
    public enum Overlap {
        /// It is left out.
        SKIP,
        /// It is handled when that one is done. One waits at most: further ones are left out.
        QUEUE_ONE,
        /// It is handled as any other event.
        ALLOW
    }

    /// Refuses what makes no sense.
    ///
    /// @throws IllegalArgumentException for a negative tolerance, and an id or a delay of its events
    public ScheduleOptions {
        if (tolerance.isNegative()) {
            throw new IllegalArgumentException("the tolerance is not negative, but " + tolerance);
        }
        if (publish.id() != null || !publish.delay().isZero()) {
            throw new IllegalArgumentException("a schedule has times and ids of its own");
        }
    }

    /// One event for what was missed; a minute late is in time; handlers may overlap.
    public static ScheduleOptions usual() {
        return new ScheduleOptions(Publish.NORMALLY, Misfire.RUN_ONCE, Duration.ofMinutes(1), Overlap.ALLOW);
    }

    /// Topic, subject and so on of its events.
    public ScheduleOptions publish(Publish how) {
        return new ScheduleOptions(how, misfire, tolerance, overlap);
    }

    /// What happens with times that passed while no program was there.
    public ScheduleOptions misfire(Misfire policy) {
        return new ScheduleOptions(publish, policy, tolerance, overlap);
    }

    /// What is no later than this counts as in time; a minute unless set.
    public ScheduleOptions tolerance(Duration late) {
        return new ScheduleOptions(publish, misfire, late, overlap);
    }

    /// What happens with a time that comes while a handler still works on the one before.
    public ScheduleOptions overlap(Overlap policy) {
        return new ScheduleOptions(publish, misfire, tolerance, policy);
    }
}

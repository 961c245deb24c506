package io.posthorn.events;

import java.time.Duration;

/// How a schedule runs. Immutable.
///
/// @param publish topic, subject and so on of its events; without an id and a delay, which are the schedule's
/// @param misfire what happens with times that passed while no program was there
/// @param tolerance what is no later than this counts as in time
public record ScheduleOptions(Publish publish, Misfire misfire, Duration tolerance) {
    /// What happens with times that passed while no program was there.
    public enum Misfire {
        /// They are over.
        SKIP,
        /// One event stands for all of them.
        RUN_ONCE,
        /// An event for each of them.
        RUN_ALL
    }

    public ScheduleOptions {
        if (tolerance.isNegative()) {
            throw new IllegalArgumentException("the tolerance is not negative, but " + tolerance);
        }
        if (publish.id() != null || !publish.delay().isZero()) {
            throw new IllegalArgumentException("a schedule has times and ids of its own");
        }
    }

    /// One event for what was missed; a minute late is in time.
    public static ScheduleOptions usual() {
        return new ScheduleOptions(Publish.NORMALLY, Misfire.RUN_ONCE, Duration.ofMinutes(1));
    }

    public ScheduleOptions publish(Publish how) {
        return new ScheduleOptions(how, misfire, tolerance);
    }

    public ScheduleOptions misfire(Misfire policy) {
        return new ScheduleOptions(publish, policy, tolerance);
    }

    public ScheduleOptions tolerance(Duration late) {
        return new ScheduleOptions(publish, misfire, late);
    }
}

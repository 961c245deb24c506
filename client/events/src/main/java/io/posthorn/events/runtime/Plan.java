package io.posthorn.events.runtime;

import io.posthorn.events.Capability;
import io.posthorn.events.Cron;
import io.posthorn.events.EventsException;
import io.posthorn.events.ScheduleOptions.Misfire;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.ServiceLoader;

/// When a schedule is due. As text it travels with the schedule.
sealed interface Plan {
    /// The text of one that comes but once; its time travels beside it.
    String ONCE = "once";

    /// The first time after this one; empty when it is over.
    Optional<Instant> next(Instant after);

    /// What tells it from other plans of the same schedule.
    default String wish() {
        return toString();
    }

    /// Once.
    record Once(Instant time) implements Plan {
        @Override
        public Optional<Instant> next(Instant after) {
            return time.isAfter(after) ? Optional.of(time) : Optional.empty();
        }

        @Override
        public String wish() {
            return ONCE + " at " + time;
        }

        @Override
        public String toString() {
            return ONCE;
        }
    }

    /// At whole multiples since the epoch, so that all programs mean the same times.
    record Every(Duration interval) implements Plan {
        public Every {
            if (interval.toMillis() < 1) {
                throw new IllegalArgumentException("an interval is a millisecond at least, not " + interval);
            }
        }

        @Override
        public Optional<Instant> next(Instant after) {
            long step = interval.toMillis();
            return Optional.of(Instant.ofEpochMilli((Math.floorDiv(after.toEpochMilli(), step) + 1) * step));
        }

        @Override
        public String toString() {
            return "every " + interval;
        }
    }

    /// By a cron expression.
    record ByCron(Cron cron, String expression, ZoneId zone) implements Plan {
        @Override
        public Optional<Instant> next(Instant after) {
            return cron.next(expression, zone, after);
        }

        @Override
        public String toString() {
            return "cron " + expression + " in " + zone;
        }
    }

    /// @param server for the text of a failure
    static Plan cron(String expression, ZoneId zone, String server) {
        Cron cron = ServiceLoader.load(Cron.class)
                .findFirst()
                .orElseThrow(() -> new EventsException.Unsupported(
                        Capability.CRON, "a program without posthorn-client-cron on its class path, on " + server));
        cron.next(expression, zone, Instant.EPOCH); // refuses what makes no sense
        return new ByCron(cron, expression, zone);
    }

    /// @throws IllegalArgumentException when it is no plan
    static Plan parse(String text, Instant due, String server) {
        if (text.equals(ONCE)) {
            return new Once(due);
        }
        if (text.startsWith("every ")) {
            return new Every(Duration.parse(text.substring("every ".length())));
        }
        int in = text.lastIndexOf(" in ");
        if (text.startsWith("cron ") && in > 0) {
            return cron(text.substring("cron ".length(), in), ZoneId.of(text.substring(in + " in ".length())), server);
        }
        throw new IllegalArgumentException("'" + text + "' is no plan");
    }

    /// Whether what was due is still to be done.
    static boolean runs(Misfire misfire, Duration tolerance, Instant due, Instant now) {
        return misfire != Misfire.SKIP || !now.isAfter(due.plus(tolerance));
    }

    /// What comes behind a time that was due.
    default Optional<Instant> nextAfter(Misfire misfire, Instant due, Instant now) {
        return next(misfire == Misfire.RUN_ALL || now.isBefore(due) ? due : now);
    }
}

package io.posthorn.events;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/// Publishes events at their time: once, again and again, or by a cron expression.
///
/// A schedule is durable and goes by its name. It runs once per broker, however many programs have it: whichever is
/// there when its time comes publishes the event, and when none is, the next one that comes does what
/// [ScheduleOptions#misfire] says. Asked for again with the same plan it stays as it is, so a program asks for its
/// schedules each time it starts; with another plan or time, that counts from then on, for all programs that were told
/// of it by then: to be sure of an event that was asked for once, before a restart, [#cancel] it first.
///
/// An event of a schedule is published at least once; should it be published twice, after a crash, then with the
/// same id. Its attribute `scheduledtime` says for when it was.
public interface Scheduler {
    /// One event, at this time or, when that has passed, at once.
    ///
    /// @throws EventsException.Unsupported when the broker cannot ([Capability#DELAY])
    void once(String name, Instant time, Object event, ScheduleOptions options);

    /// One event, as usual ([ScheduleOptions#usual]).
    default void once(String name, Instant time, Object event) {
        once(name, time, event, ScheduleOptions.usual());
    }

    /// At whole multiples of the interval since the epoch: every five minutes is at 12:00, 12:05 and so on, UTC.
    ///
    /// @throws EventsException.Unsupported when the broker cannot ([Capability#DELAY], [Capability#DEDUPLICATION])
    void every(String name, Duration interval, Object event, ScheduleOptions options);

    /// An event at each multiple of the interval, as usual ([ScheduleOptions#usual]).
    default void every(String name, Duration interval, Object event) {
        every(name, interval, event, ScheduleOptions.usual());
    }

    /// An event at each time of an expression, by the clocks of a zone.
    ///
    /// @param expression as the [Cron] on the class path understands it
    /// @throws IllegalArgumentException when it makes no sense
    /// @throws EventsException.Unsupported when the broker cannot ([Capability#DELAY],
    /// [Capability#DEDUPLICATION]), or there is no [Cron]
    void cron(String name, String expression, ZoneId zone, Object event, ScheduleOptions options);

    /// An event at each time of an expression, as usual ([ScheduleOptions#usual]).
    default void cron(String name, String expression, ZoneId zone, Object event) {
        cron(name, expression, zone, event, ScheduleOptions.usual());
    }

    /// All schedules of this broker, whoever made them, by their next time, or that of the next attempt. What is due is
    /// not among them for the moment until it has run.
    ///
    /// @throws EventsException.Unsupported when the broker cannot ([Capability#SCHEDULES])
    List<Schedule> schedules();

    /// Ends a schedule. One whose time another program is just at may not be found, and go on.
    ///
    /// @return whether there was one
    /// @throws EventsException.Unsupported when the broker cannot ([Capability#SCHEDULES])
    boolean cancel(String name);
}

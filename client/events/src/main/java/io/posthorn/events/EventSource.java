package io.posthorn.events;

import java.time.Duration;

/// Somewhere outside that events come from: a directory, a table, a device. Given to [Posthorn#source],
/// which looks here again and again, one look at a time, each on a virtual thread.
///
/// ```java
/// posthorn.source("thermometer", context -> {
///     context.publish(new Temperature(sensor.read()));
///     return Duration.ofSeconds(10);
/// });
/// ```
///
/// What a look throws ends in a back-off, and then in [#open] and another look. So a source keeps its
/// position where it is not lost, and moves it when what lies before it was published: then everything is
/// published at least once.
@FunctionalInterface
public interface EventSource {
    /// Before the first look, and again after a failure.
    ///
    /// @throws Exception has it opened again after a back-off
    default void open(SourceContext context) throws Exception {}

    /// Looks once and publishes what it finds. It may wait; it is interrupted when the source is closed.
    ///
    /// @return how long to wait until the next look; zero for one at once
    /// @throws Exception has it closed, and opened again after a back-off
    Duration look(SourceContext context) throws Exception;

    /// After the last look, and after a failure.
    ///
    /// @throws Exception is logged
    default void close() throws Exception {}
}

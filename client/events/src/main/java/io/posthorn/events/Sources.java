package io.posthorn.events;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/// The usual sources. One for tables is in `posthorn-client-outbox`.
public final class Sources {
    private Sources() {}

    /// An event at intervals, in this program alone, from one interval after the start on. What is to
    /// happen once for all programs, and even if none was there, is a schedule ([Scheduler]).
    ///
    /// @param event makes each of them
    public static EventSource timer(Duration interval, Supplier<?> event) {
        if (interval.isZero() || interval.isNegative()) {
            throw new IllegalArgumentException("an interval is longer than nothing, not " + interval);
        }
        return new TimerSource(interval, event);
    }

    /// Files that arrive in a directory, as [FileArrived].
    public static DirectorySource directory(Path directory) {
        return DirectorySource.of(directory);
    }
}

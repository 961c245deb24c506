package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Outcome;
import org.jspecify.annotations.Nullable;

/// For how long a message that came back waits before it is delivered again, as RabbitMQ 4.3 has it.
///
/// @param failed whether those wait that could not be done
/// @param returned whether those wait that were given back for another reason
/// @param least milliseconds after the first return, and as many more after each further one
/// @param most milliseconds that are never exceeded
record RetryDelay(boolean failed, boolean returned, long least, long most) {
    /// Null when nothing waits.
    static @Nullable RetryDelay of(Arguments arguments) {
        String type = QueueSettings.text(arguments, "x-delayed-retry-type");
        boolean all = "all".equals(type);
        boolean failed = all || "failed".equals(type);
        boolean returned = all || "returned".equals(type);
        long least = QueueSettings.number(arguments, "x-delayed-retry-min", 0);
        long most = QueueSettings.number(arguments, "x-delayed-retry-max", least);
        boolean waits = (failed || returned) && least > 0 && most > 0;
        return waits ? new RetryDelay(failed, returned, least, most) : null;
    }

    boolean isFor(Outcome outcome) {
        return outcome == Outcome.FAILED ? failed : returned;
    }

    /// @param count how often it came back
    long millis(int count) {
        return Math.min(least * count, most);
    }
}

package io.posthorn.verification.simulation;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import io.posthorn.broker.QueueSpec;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/// What a queue of the simulated broker is like: its number says.
record QueueKind(String queue, int number) {
    /// Where refused messages of some queues go. It is never deleted, and its consumers settle.
    static final String GRAVE = "q1000000";

    static final int HIGHEST_PRIORITY = 4;
    static final int MOST_READY = 3;
    static final int MOST_RETURNS = 1;
    static final int MOST_OF_A_KEY = 2;

    /// In milliseconds, as those below.
    private static final int TIME_TO_LIVE = 300;

    static final int RETRY_DELAY = 20;

    /// Longer than any message lives or waits.
    static final int LONG_ENOUGH = 2_000;

    static QueueKind of(String queue) {
        return new QueueKind(queue, Integer.parseInt(queue.substring(1)));
    }

    /// Dead letters of several queues meet there, and may come twice after a crash.
    boolean isGrave() {
        return queue.equals(GRAVE);
    }

    /// Whether it is a stream, which everybody reads for himself.
    boolean isStream() {
        return number % 7 == 6;
    }

    /// Whether what is refused there, or dies otherwise, goes to the grave.
    boolean givesAway() {
        return number % 3 == 2 && !isStream();
    }

    /// A third of the queues serves consumers that do not settle.
    boolean mayLoseOnTheWay() {
        return number % 3 == 0 && !isStream();
    }

    /// Whether the head leaves when there are more than [#MOST_READY].
    boolean dropsHead() {
        return number % 7 == 2;
    }

    /// Whether no more comes in when there are so many.
    private boolean refuses() {
        return number % 7 == 3;
    }

    /// Whether a message may come back [#MOST_RETURNS] times only, and waits before it is ready again.
    boolean limitsReturns() {
        return number % 7 == 4;
    }

    /// Whether only [#MOST_OF_A_KEY] messages of a key may be under way.
    boolean isFair() {
        return number % 7 == 5;
    }

    /// The highest priority that it knows; 0 when it knows none.
    int maxPriority() {
        int kind = number % 5;
        return (kind == 1 || kind == 3) && !isFair() && !limitsReturns() && !isStream() ? HIGHEST_PRIORITY - 1 : 0;
    }

    /// Whether it gives out the newest first.
    boolean isLifo() {
        int kind = number % 5;
        return (kind == 2 || kind == 3) && !isFair() && !isStream();
    }

    /// What it gives to each message, in milliseconds.
    long timeToLive() {
        return number % 4 == 3 && !isStream() ? TIME_TO_LIVE : Message.NEVER;
    }

    /// Whether it takes every message, which leaves only when somebody settles it.
    boolean keepsEverything() {
        return timeToLive() == Message.NEVER && !dropsHead() && !refuses() && !limitsReturns();
    }

    QueueSpec spec() {
        var arguments = new HashMap<String, @Nullable Object>();
        if (isStream()) {
            arguments.put("x-queue-type", "stream");
        }
        if (givesAway()) {
            arguments.put("x-dead-letter-exchange", "");
            arguments.put("x-dead-letter-routing-key", GRAVE);
        }
        if (maxPriority() > 0) {
            arguments.put("x-max-priority", maxPriority());
        }
        if (isLifo()) {
            arguments.put("x-delivery-order", "lifo");
        }
        if (timeToLive() != Message.NEVER) {
            arguments.put("x-message-ttl", timeToLive());
        }
        if (dropsHead() || refuses()) {
            arguments.put("x-max-length", MOST_READY);
            arguments.put("x-overflow", dropsHead() ? "drop-head" : "reject-publish");
        }
        if (limitsReturns()) {
            arguments.put("x-queue-type", "quorum");
            arguments.put("x-delivery-limit", MOST_RETURNS);
            arguments.put("x-delayed-retry-type", "all");
            arguments.put("x-delayed-retry-min", RETRY_DELAY);
        }
        if (isFair()) {
            arguments.put("x-fair-limit", MOST_OF_A_KEY);
        }
        return new QueueSpec(queue, true, false, false, new Arguments(arguments));
    }

    /// Of a message, for fairness.
    static int keyOf(long message) {
        return (int) (message % 3);
    }
}

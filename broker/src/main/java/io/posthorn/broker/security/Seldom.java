package io.posthorn.broker.security;

import java.time.InstantSource;

/// Lets something happen a number of times at once, and then so often a second. Thread-safe.
public final class Seldom {
    private static final int AT_ONCE = 100;
    private static final long EACH_MILLIS = 100;

    private final InstantSource clock;
    private long left = AT_ONCE;
    private long since;

    public Seldom(InstantSource clock) {
        this.clock = clock;
        this.since = clock.millis();
    }

    public synchronized boolean mayBeNoted() {
        long more = (clock.millis() - since) / EACH_MILLIS;
        if (more > 0) {
            left = Math.min(AT_ONCE, left + more);
            since += more * EACH_MILLIS;
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}

package io.posthorn.broker;

import java.time.InstantSource;
import java.util.function.Consumer;

/// Notes of what may come by the thousand, bindings: the first of a second one by one, of those behind them how many.
/// The log has a bound, and what floods it drives out what matters. Confined to the thread of its session.
final class BurstNotes {
    private static final int ONE_BY_ONE = 100;
    private static final long SECOND = 1_000;

    private final InstantSource clock;
    private final Consumer<String> log;
    private long since;
    private int noted;
    private int more;

    /// @param log takes what was done
    BurstNotes(InstantSource clock, Consumer<String> log) {
        this.clock = clock;
        this.log = log;
    }

    /// Whether the next one is to be noted by itself; otherwise it is counted.
    boolean mayBeNoted() {
        long now = clock.millis();
        if (now - since >= SECOND || now < since) {
            end();
            since = now;
            noted = 0;
        }
        if (noted < ONE_BY_ONE) {
            noted++;
            return true;
        }
        more++;
        return false;
    }

    /// Says how many were counted and not noted.
    void end() {
        if (more > 0) {
            log.accept("bind or unbind " + more + " more");
            more = 0;
        }
    }
}

package io.posthorn.broker.queue;

import io.posthorn.broker.statistics.Tally;

/// What has happened at a queue since the broker started. Made when something first does, so that a queue which only
/// is there has none.
final class Activity {
    final Tally tally = new Tally();

    /// When something last happened.
    long usedAt;

    /// Since when messages are ready that no consumer can take; 0 when that is not so.
    private long waitingSince;

    private long waitedMillis;

    /// A pass has ended for the queue.
    void passed(long now, boolean waits) {
        usedAt = now;
        if (waits == (waitingSince != 0)) {
            return;
        }
        if (waits) {
            waitingSince = now;
        } else {
            waitedMillis += Math.max(0, now - waitingSince);
            waitingSince = 0;
        }
    }

    /// For how long messages have waited for consumers that were there.
    long waitedMillis(long now) {
        return waitedMillis + (waitingSince == 0 ? 0 : Math.max(0, now - waitingSince));
    }
}

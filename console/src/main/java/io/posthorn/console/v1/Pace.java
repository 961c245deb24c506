package io.posthorn.console.v1;

/// How fast something may go: so many a second, counted from its beginning. Immutable.
///
/// @param rate a second; 0 for as fast as it can
record Pace(int rate) {
    private static final int MOST_AT_ONCE = 100;
    private static final long NANOS = 1_000_000_000L;

    /// How many may go together: few enough that a slow pace is even.
    int atOnce() {
        return rate == 0 ? MOST_AT_ONCE : Math.clamp(rate / 4, 1, MOST_AT_ONCE);
    }

    /// How long to wait, in nanoseconds, before the next may go.
    ///
    /// @param done so many have gone
    /// @param elapsed nanoseconds since the beginning
    long waitBeforeNext(long done, long elapsed) {
        return rate == 0 ? 0 : Math.max(0, done * NANOS / rate - elapsed);
    }
}

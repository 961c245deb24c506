package io.posthorn.broker.delay;

/// Due times whose messages share a log: as many milliseconds from `from` on as two to the power of `bits`.
///
/// The farther away, the wider, so that there are few logs however far ahead the messages lie, and what a message
/// takes on disk is given back no later than about twice its delay after it came.
public record Span(long from, int bits) {
    /// About a minute.
    private static final int NARROWEST = 16;

    /// About two years.
    static final int WIDEST = 36;

    private static final int STEP = 4;

    static Span of(long due, long now) {
        long distance = Math.max(0, due - now);
        int bits = NARROWEST;
        while (bits < WIDEST && distance >>> (bits + STEP) != 0) {
            bits += STEP;
        }
        return new Span(due >> bits << bits, bits);
    }

    /// The end, exclusive.
    long to() {
        return from + (1L << bits);
    }

    boolean contains(long due) {
        return due >= from && due < to();
    }
}

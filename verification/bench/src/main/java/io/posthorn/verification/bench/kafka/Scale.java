package io.posthorn.verification.bench.kafka;

/// How much is done, and how long at most.
///
/// @param share of what figures need
/// @param minutes after which no further case begins
public record Scale(double share, int minutes) {
    private static final double SHORT = 0.25;
    private static final double QUICK = 0.02;

    /// As figures need it.
    public static final Scale FULL = new Scale(1, 24);

    /// Figures to go by, from shorter cases.
    public static final Scale SHORTER = new Scale(SHORT, 7);

    /// Whether everything works.
    public static final Scale GLANCE = new Scale(QUICK, 9);

    private static final long LEAST = 500;

    long of(long inFull) {
        return Math.max(LEAST, (long) (inFull * share));
    }
}

package io.posthorn.broker.statistics;

import java.util.Arrays;

/// What was counted up to some moment. Immutable.
public final class Counts {
    public static final Counts NONE = new Counts(new long[Counted.COUNT]);

    private final long[] counts;

    Counts(long[] counts) {
        this.counts = counts;
    }

    public long of(Counted what) {
        return counts[what.place()];
    }

    public Counts plus(Counts more) {
        long[] sum = counts.clone();
        more.addTo(sum);
        return new Counts(sum);
    }

    /// The greater of both, each by itself.
    public Counts max(Counts other) {
        long[] greatest = counts.clone();
        for (int i = 0; i < greatest.length; i++) {
            greatest[i] = Math.max(greatest[i], other.counts[i]);
        }
        return new Counts(greatest);
    }

    /// Everything that was handed out, however it was asked for.
    public long deliverGet() {
        return of(Counted.DELIVER) + of(Counted.DELIVER_NO_ACK) + of(Counted.GET) + of(Counted.GET_NO_ACK);
    }

    void addTo(long[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += counts[i];
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Counts that && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        var text = new StringBuilder("Counts[");
        for (Counted each : Counted.values()) {
            if (of(each) != 0) {
                text.append(each).append('=').append(of(each)).append(' ');
            }
        }
        return text.append(']').toString();
    }
}

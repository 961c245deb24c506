package io.posthorn.broker.statistics;

/// Counts as they are being counted: plain numbers of one thread.
public final class Tally {
    private final long[] counts = new long[Counted.COUNT];

    public void add(Counted what, long more) {
        counts[what.place()] += more;
    }

    public void add(Counts more) {
        more.addTo(counts);
    }

    public void add(Tally more) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += more.counts[i];
        }
    }

    public long of(Counted what) {
        return counts[what.place()];
    }

    /// What is counted so far.
    public Counts now() {
        return new Counts(counts.clone());
    }
}

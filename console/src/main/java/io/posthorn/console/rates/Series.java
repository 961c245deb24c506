package io.posthorn.console.rates;

import java.util.ArrayList;
import java.util.List;

/// What one thing was measured at, lately, in a ring. Confined to whoever has the lock of its [Watched].
final class Series {
    private final int most;
    private Sample[] samples = new Sample[2];
    private int first;
    private int size;

    /// Number of the round in which it was last seen.
    long round;

    /// @param most samples that are kept
    Series(int most) {
        this.most = most;
    }

    void add(long time, long[] values) {
        if (size == most) {
            first = (first + 1) % samples.length;
            size--;
        }
        if (size == samples.length) {
            grow();
        }
        samples[(first + size) % samples.length] = new Sample(time, values);
        size++;
    }

    private void grow() {
        var larger = new Sample[Math.min(most, 2 * samples.length)];
        for (int i = 0; i < size; i++) {
            larger[i] = sample(i);
        }
        samples = larger;
        first = 0;
    }

    int size() {
        return size;
    }

    /// @param index 0 is the oldest
    private Sample sample(int index) {
        return samples[(first + index) % samples.length];
    }

    long[] last() {
        return sample(size - 1).values();
    }

    /// All that is kept, the oldest first, with what is measured now. Lists of many things ask for each of them.
    List<Sample> with(long now, long[] current) {
        var all = new ArrayList<Sample>(size + 1);
        for (int i = 0; i < size; i++) {
            all.add(sample(i));
        }
        if (size == 0 || now - sample(size - 1).time() >= Trend.SHORTEST) {
            all.add(new Sample(now, current));
        }
        return all;
    }
}

package io.posthorn.console.rates;

import java.util.ArrayList;
import java.util.List;

/// What one thing was measured at, lately: samples in a ring, each with its time. Confined to whoever has the lock of
/// its [Watched].
final class Series {
    private final int most;
    private long[] times = new long[2];
    private long[][] samples = new long[2][];
    private int first;
    private int size;

    /// Number of the round in which it was last seen.
    long round;

    /// @param most samples that are kept
    Series(int most) {
        this.most = most;
    }

    void add(long time, long[] sample) {
        if (size == most) {
            first = (first + 1) % times.length;
            size--;
        }
        if (size == times.length) {
            grow();
        }
        int at = (first + size) % times.length;
        times[at] = time;
        samples[at] = sample;
        size++;
    }

    private void grow() {
        int capacity = Math.min(most, 2 * times.length);
        long[] newTimes = new long[capacity];
        long[][] newSamples = new long[capacity][];
        for (int i = 0; i < size; i++) {
            newTimes[i] = time(i);
            newSamples[i] = sample(i);
        }
        times = newTimes;
        samples = newSamples;
        first = 0;
    }

    int size() {
        return size;
    }

    /// @param index 0 is the oldest
    private long time(int index) {
        return times[(first + index) % times.length];
    }

    private long[] sample(int index) {
        return samples[(first + index) % times.length];
    }

    long[] last() {
        return sample(size - 1);
    }

    long lastTime() {
        return time(size - 1);
    }

    /// All that is kept, the oldest first, with what is measured now.
    List<Sample> with(long now, long[] current) {
        var all = new ArrayList<Sample>(size + 1);
        for (int i = 0; i < size; i++) {
            all.add(new Sample(time(i), sample(i)));
        }
        if (size == 0 || now - lastTime() >= Trend.SHORTEST) {
            all.add(new Sample(now, current));
        }
        return all;
    }
}

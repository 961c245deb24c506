package io.posthorn.console.rates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// All things of one kind, and what they were measured at as long as somebody looks. What was never anything but zero
/// takes no room. Thread-safe.
///
/// @param <T> what is measured
public final class Watched<T> {
    private final Measures<T> measures;
    private final Function<T, Object> key;
    private final int most;
    private final Map<Object, Series> series = new HashMap<>(); // guarded by this, as all that follows
    private long lookedAt = Long.MIN_VALUE;
    private long readAt = Long.MIN_VALUE;
    private long previouslyReadAt = Long.MIN_VALUE;
    private long round;

    /// @param key tells the things apart, from one reading to the next
    /// @param most samples that are kept of each
    Watched(Measures<T> measures, Function<T, Object> key, int most) {
        this.measures = measures;
        this.key = key;
        this.most = most;
    }

    /// Somebody looks, and this is what there is.
    synchronized void look(long now, List<T> all, long interval) {
        lookedAt = now;
        if (readAt == Long.MIN_VALUE || now - readAt >= interval) {
            take(now, all);
        }
    }

    synchronized void look(long now) {
        lookedAt = now;
    }

    /// One more reading, of everything.
    synchronized void take(long now, List<T> all) {
        previouslyReadAt = readAt;
        readAt = now;
        round++;
        for (T each : all) {
            add(now, key.apply(each), measures.of(each));
        }
        series.values().removeIf(one -> one.round != round);
    }

    private void add(long now, Object thing, long[] sample) {
        Series known = series.get(thing);
        if (known == null) {
            if (isZero(sample)) {
                return;
            }
            known = new Series(most);
            series.put(thing, known);
            if (previouslyReadAt != Long.MIN_VALUE) {
                known.add(previouslyReadAt, new long[sample.length]);
            }
        }
        known.round = round;
        // What stays the same is kept once.
        boolean same = known.size() > 0 && Arrays.equals(known.last(), sample);
        known.add(now, same ? known.last() : sample);
    }

    private static boolean isZero(long[] sample) {
        for (long value : sample) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /// @param thing as it is now
    public synchronized Trend trend(T thing, long now) {
        long[] current = measures.of(thing);
        Series known = series.get(key.apply(thing));
        if (known != null) {
            return new Trend(measures, known.with(now, current));
        }
        var samples = new ArrayList<Sample>();
        if (readAt != Long.MIN_VALUE && now - readAt >= Trend.SHORTEST) {
            samples.add(new Sample(readAt, new long[current.length]));
        }
        samples.add(new Sample(now, current));
        return new Trend(measures, samples);
    }

    /// Whether anybody has looked lately; if nobody has, everything is forgotten.
    synchronized boolean isWatched(long now, long patience) {
        if (lookedAt != Long.MIN_VALUE && now - lookedAt < patience) {
            return true;
        }
        series.clear();
        lookedAt = Long.MIN_VALUE;
        readAt = Long.MIN_VALUE;
        previouslyReadAt = Long.MIN_VALUE;
        return false;
    }

    /// How many things take room here.
    synchronized int size() {
        return series.size();
    }
}

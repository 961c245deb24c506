package io.posthorn.console.rates;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How the numbers of one thing have moved lately. Immutable.
public final class Trend {
    /// Two measurements must be so far apart, in milliseconds, to tell a rate.
    static final long SHORTEST = 1_000;

    private static final double MILLIS = 1_000;

    private final Measures<?> measures;
    private final List<Sample> samples;

    /// @param samples the oldest first
    Trend(Measures<?> measures, List<Sample> samples) {
        this.measures = measures;
        this.samples = samples;
    }

    /// By how much it grows in a second, by the last two measurements; 0 while there is one only.
    public double rate(String measure) {
        return rate(measures.indexOf(measure));
    }

    private double rate(int measure) {
        int last = samples.size() - 1;
        return last < 1 ? 0 : slope(samples.get(last - 1), samples.get(last), measure);
    }

    private static double slope(Sample from, Sample to, int measure) {
        long millis = to.time() - from.time();
        return millis <= 0 ? 0 : (to.values()[measure] - from.values()[measure]) * MILLIS / millis;
    }

    /// As RabbitMQ has it: `rate`, and for a window its samples, the newest first, with their average and the average
    /// rate between them.
    public Map<String, Object> details(String measure, @Nullable Window window) {
        int index = measures.indexOf(measure);
        var details = new LinkedHashMap<String, Object>();
        details.put("rate", rate(index));
        if (window != null) {
            var seen = within(window);
            details.put("samples", seen.stream().map(each -> shown(each, index)).toList());
            details.put("avg_rate", slope(oldestWithin(window), samples.getLast(), index));
            details.put(
                    "avg",
                    seen.stream()
                            .mapToLong(each -> each.values()[index])
                            .average()
                            .orElse(0));
        }
        return details;
    }

    private Sample oldestWithin(Window window) {
        long from = samples.getLast().time() - window.age();
        for (Sample each : samples) {
            if (each.time() >= from) {
                return each;
            }
        }
        return samples.getLast();
    }

    private static Map<String, Object> shown(Sample sample, int measure) {
        return Map.of("sample", sample.values()[measure], "timestamp", sample.time());
    }

    /// One for each step back from the newest, as far as anybody has looked: of a time before that nothing is known.
    private List<Sample> within(Window window) {
        var seen = new ArrayList<Sample>();
        long newest = samples.getLast().time();
        int at = samples.size() - 1;
        for (long time = newest; time >= newest - window.age() && at >= 0; time -= window.step()) {
            while (at >= 0 && samples.get(at).time() > time) {
                at--;
            }
            if (at >= 0) {
                seen.add(new Sample(time, samples.get(at).values()));
            }
        }
        return seen;
    }
}

package io.posthorn.console.rates;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/// The numbers of one kind of thing that rates are told of, each with its name. Immutable.
public final class Measures<T> {
    private final List<String> names;
    private final List<ToLongFunction<T>> values;

    private Measures(List<String> names, List<ToLongFunction<T>> values) {
        this.names = List.copyOf(names);
        this.values = List.copyOf(values);
    }

    public static <T> Measures<T> none() {
        return new Measures<>(List.of(), List.of());
    }

    public Measures<T> with(String name, ToLongFunction<T> value) {
        var moreNames = new ArrayList<>(names);
        var moreValues = new ArrayList<>(values);
        moreNames.add(name);
        moreValues.add(value);
        return new Measures<>(moreNames, moreValues);
    }

    /// All of one thing, in the order of the names.
    long[] of(T thing) {
        long[] sample = new long[values.size()];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = values.get(i).applyAsLong(thing);
        }
        return sample;
    }

    /// @throws IllegalArgumentException when there is no such measure
    int indexOf(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("nothing is measured as " + name);
        }
        return index;
    }

    int size() {
        return names.size();
    }
}

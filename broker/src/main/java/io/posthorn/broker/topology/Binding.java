package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.TreeMap;

/// One binding, with what it leads to. Two bindings are the same when their specs are; the order of their
/// arguments does not count, so arguments are kept sorted by name.
record Binding(BindingSpec spec, Target target) {
    /// By destination first: the bindings to one queue are neighbours and found without a second index.
    static final Comparator<Binding> BY_DESTINATION = Binding::compare;

    static BindingSpec canonical(BindingSpec spec) {
        if (spec.arguments().values().size() < 2) {
            return spec;
        }
        var sorted =
                new Arguments(new LinkedHashMap<>(new TreeMap<>(spec.arguments().values())));
        return new BindingSpec(spec.source(), spec.destination(), spec.destinationName(), spec.routingKey(), sorted);
    }

    /// Sorts before every binding to this destination.
    static Binding before(BindingSpec.Destination destination, String name) {
        return new Binding(new BindingSpec("", destination, name, "", Arguments.NONE), new Target.ToExchange(""));
    }

    boolean leadsTo(BindingSpec.Destination destination, String name) {
        return spec.destination() == destination && spec.destinationName().equals(name);
    }

    // Written out: a chain of comparators takes a good part of a start with many bindings.
    private static int compare(Binding one, Binding other) {
        int order = one.spec.destination().compareTo(other.spec.destination());
        if (order == 0) {
            order = one.spec.destinationName().compareTo(other.spec.destinationName());
        }
        if (order == 0) {
            order = one.spec.source().compareTo(other.spec.source());
        }
        if (order == 0) {
            order = one.spec.routingKey().compareTo(other.spec.routingKey());
        }
        return order == 0 ? compareArguments(one, other) : order;
    }

    private static int compareArguments(Binding one, Binding other) {
        if (one.spec.arguments().isEmpty() || other.spec.arguments().isEmpty()) {
            return Boolean.compare(
                    other.spec.arguments().isEmpty(), one.spec.arguments().isEmpty());
        }
        return Arrays.compareUnsigned(encoded(one), encoded(other));
    }

    private static byte[] encoded(Binding binding) {
        var out = new ByteWriter();
        ArgumentsCodec.write(out, binding.spec.arguments());
        return out.toBytes().toByteArray();
    }
}

package io.posthorn.broker.topology;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

/// Bindings that always match together: those of a fanout exchange, of one key, of one pattern. Immutable.
///
/// What they lead to is worked out at the first message and kept. Threads may do so at once: each gets an equal
/// answer, and what they keep is immutable, so the race is harmless.
final class Bindings {
    static final Bindings NONE = new Bindings(TreePSet.empty(Binding.BY_DESTINATION));

    private final TreePSet<Binding> all;
    private @Nullable Destinations destinations;

    private Bindings(TreePSet<Binding> all) {
        this.all = all;
    }

    Bindings with(Binding binding) {
        return new Bindings(all.plus(binding));
    }

    Bindings without(Binding binding) {
        var rest = all.minus(binding);
        return rest.isEmpty() ? NONE : new Bindings(rest);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    TreePSet<Binding> all() {
        return all;
    }

    Destinations destinations() {
        var known = destinations;
        if (known == null) {
            known = Destinations.of(all);
            destinations = known;
        }
        return known;
    }

    /// @param route to the queues bound directly
    /// @param exchanges bound behind this one
    record Destinations(Route route, List<String> exchanges) {
        private static Destinations of(TreePSet<Binding> bindings) {
            // The order is by destination, so several bindings to one queue are neighbours.
            var queues = new ArrayList<QueueEntry>();
            var exchanges = new ArrayList<String>();
            for (Binding binding : bindings) {
                switch (binding.target()) {
                    case QueueEntry queue -> {
                        if (queues.isEmpty() || queues.getLast() != queue) {
                            queues.add(queue);
                        }
                    }
                    case Target.ToExchange(String name) -> {
                        if (exchanges.isEmpty() || !exchanges.getLast().equals(name)) {
                            exchanges.add(name);
                        }
                    }
                }
            }
            return new Destinations(Route.to(queues), List.copyOf(exchanges));
        }
    }
}

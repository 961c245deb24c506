package io.posthorn.broker.topology;

import io.posthorn.broker.BindingSpec;
import java.util.ArrayList;
import java.util.List;
import org.pcollections.TreePSet;

/// Weighted rendezvous hashing: every destination draws a number from the hash of its name and that of the message,
/// the weight decides how large it gets, and the largest wins. So a binding that comes or goes moves only the keys
/// that it gains or loses, the order in which bindings were made does not matter, and a weight may be any number, at
/// no cost in memory. Immutable.
final class Rendezvous implements Choice {
    private final HashedOn hashedOn;
    private final List<Candidate> candidates;

    /// All weights are equal, so nothing has to be weighed.
    private final boolean evenly;

    private record Candidate(BindingSpec spec, Target target, long seed, double weight) {
        static Candidate of(Binding binding) {
            var spec = binding.spec();
            long seed = Hashes.of(spec.destination() + spec.destinationName());
            return new Candidate(spec, binding.target(), seed, Double.parseDouble(spec.routingKey()));
        }

        boolean isSameDestination(Candidate other) {
            return spec.destination() == other.spec.destination()
                    && spec.destinationName().equals(other.spec.destinationName());
        }
    }

    private Rendezvous(HashedOn hashedOn, List<Candidate> candidates) {
        this.hashedOn = hashedOn;
        this.candidates = candidates;
        double weight = candidates.getFirst().weight;
        this.evenly = candidates.stream().allMatch(candidate -> candidate.weight == weight);
    }

    /// A destination bound several times has the largest of its weights.
    static Rendezvous among(TreePSet<Binding> bindings, HashedOn hashedOn) {
        var candidates = new ArrayList<Candidate>();
        // The order is by destination, so several bindings to one are neighbours.
        for (Binding binding : bindings) {
            var next = Candidate.of(binding);
            if (candidates.isEmpty() || !candidates.getLast().isSameDestination(next)) {
                candidates.add(next);
            } else if (candidates.getLast().weight < next.weight) {
                candidates.set(candidates.size() - 1, next);
            }
        }
        return new Rendezvous(hashedOn, List.copyOf(candidates));
    }

    @Override
    public Target of(String routingKey, List<String> moreRoutingKeys, MessageFacts facts) {
        var winner = candidates.getFirst();
        if (candidates.size() == 1) {
            return winner.target;
        }
        long hash = hashedOn.hash(routingKey, facts);
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < candidates.size(); i++) {
            var candidate = candidates.get(i);
            double drawn = drawn(Hashes.mixed(hash ^ candidate.seed));
            double score = evenly ? drawn : StrictMath.log(drawn) / candidate.weight;
            if (score > most) {
                most = score;
                winner = candidate;
            }
        }
        return winner.target;
    }

    /// Between 0 and 1, neither included.
    private static double drawn(long hash) {
        return ((hash >>> 11) + 0.5) * 0x1p-53;
    }
}

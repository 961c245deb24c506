package io.posthorn.broker.topology;

import java.util.ArrayList;
import java.util.List;
import org.pcollections.TreePSet;

/// How an exchange chooses one of its bindings, of which there is one at least. Immutable.
sealed interface Choice permits Choice.Chance, Choice.Modulus, Rendezvous {
    Target of(String routingKey, List<String> moreRoutingKeys, MessageFacts facts);

    /// Any binding, by chance.
    record Chance(List<Target> targets) implements Choice {
        static Chance among(TreePSet<Binding> bindings) {
            return new Chance(targetsOf(bindings));
        }

        @Override
        public Target of(String routingKey, List<String> moreRoutingKeys, MessageFacts facts) {
            return targets.size() == 1 ? targets.getFirst() : targets.get(facts.pick(targets.size()));
        }
    }

    /// By the remainder of the hash: even, and every change of the bindings moves most keys.
    record Modulus(List<Target> targets) implements Choice {
        static Modulus among(TreePSet<Binding> bindings) {
            return new Modulus(targetsOf(bindings));
        }

        @Override
        public Target of(String routingKey, List<String> moreRoutingKeys, MessageFacts facts) {
            long hash = Hashes.of(routingKey);
            for (int i = 0; i < moreRoutingKeys.size(); i++) {
                hash = Hashes.mixed(hash ^ Hashes.of(moreRoutingKeys.get(i)));
            }
            return targets.get((int) Long.remainderUnsigned(hash, targets.size()));
        }
    }

    private static List<Target> targetsOf(TreePSet<Binding> bindings) {
        var targets = new ArrayList<Target>();
        bindings.forEach(binding -> targets.add(binding.target()));
        return List.copyOf(targets);
    }
}

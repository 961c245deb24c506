package io.posthorn.broker.topology;

import io.posthorn.broker.ExchangeSpec;
import io.posthorn.log.LogId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/// One exchange with the bindings from it, laid out for its way of matching. Immutable.
sealed interface Exchange permits Exchange.ByKey, Exchange.Fanout, Exchange.Headers, OneOf, Delayed {
    String ALTERNATE = "alternate-exchange";

    ExchangeSpec spec();

    /// No bindings lead from it.
    boolean isUnused();

    /// Whether messages go by the words of their routing key here.
    default boolean isTopic() {
        return ExchangeType.of(spec().type()) == ExchangeType.TOPIC;
    }

    Exchange with(Binding binding);

    Exchange without(Binding binding);

    void forEachBinding(Consumer<Binding> action);

    /// Hands the bindings that match the message to `matches`.
    void match(Matches matches);

    /// What waits here; null at an exchange that delays no messages.
    default @Nullable DelayEntry delay() {
        return null;
    }

    /// @param delays of an exchange that delays messages
    static Exchange create(String virtualHost, ExchangeSpec spec, @Nullable LogId delays) {
        if (delays == null) {
            return create(virtualHost, spec);
        }
        return new Delayed(
                spec,
                new DelayEntry(virtualHost, spec.name(), spec.durable(), delays),
                create(virtualHost, Delayed.inner(spec)));
    }

    static Exchange create(String virtualHost, ExchangeSpec spec) {
        return switch (ExchangeType.of(spec.type())) {
            case DIRECT -> new Direct(spec, TreePMap.empty());
            case FANOUT -> new Fanout(spec, Bindings.NONE);
            case TOPIC -> new Topic(spec, TopicNode.EMPTY);
            case HEADERS -> new Headers(spec, TreePSet.empty(Binding.BY_DESTINATION));
            case CONSISTENT_HASH -> {
                var hashedOn = HashedOn.of(virtualHost, spec);
                yield OneOf.create(spec, bindings -> Rendezvous.among(bindings, hashedOn));
            }
            case MODULUS_HASH -> OneOf.create(spec, Choice.Modulus::among);
            case DELAYED_MESSAGE -> throw new IllegalArgumentException("what waits there has no name: " + spec);
            case RANDOM, LOCAL_RANDOM -> OneOf.create(spec, Choice.Chance::among);
        };
    }

    /// Where messages go that match no binding: an exchange that need not exist.
    default @Nullable String alternate() {
        return spec().arguments().get(ALTERNATE) instanceof String name ? name : null;
    }

    /// Matches each of the message's routing keys by itself.
    sealed interface ByKey extends Exchange {
        void match(String routingKey, Matches matches);

        @Override
        default void match(Matches matches) {
            match(matches.routingKey(), matches);
            for (int i = 0; i < matches.moreRoutingKeys().size(); i++) {
                match(matches.moreRoutingKeys().get(i), matches);
            }
        }
    }

    /// Matches equal keys.
    record Direct(ExchangeSpec spec, TreePMap<String, Bindings> byKey) implements ByKey {
        @Override
        public boolean isUnused() {
            return byKey.isEmpty();
        }

        @Override
        public Direct with(Binding binding) {
            String key = binding.spec().routingKey();
            return new Direct(
                    spec, byKey.plus(key, byKey.getOrDefault(key, Bindings.NONE).with(binding)));
        }

        @Override
        public Direct without(Binding binding) {
            String key = binding.spec().routingKey();
            var rest = byKey.getOrDefault(key, Bindings.NONE).without(binding);
            return new Direct(spec, rest.isEmpty() ? byKey.minus(key) : byKey.plus(key, rest));
        }

        @Override
        public void forEachBinding(Consumer<Binding> action) {
            byKey.values().forEach(bindings -> bindings.all().forEach(action));
        }

        @Override
        public void match(String routingKey, Matches matches) {
            var bindings = byKey.get(routingKey);
            if (bindings != null) {
                matches.add(bindings);
            }
        }
    }

    /// Matches everything.
    record Fanout(ExchangeSpec spec, Bindings bindings) implements Exchange {
        @Override
        public boolean isUnused() {
            return bindings.isEmpty();
        }

        @Override
        public Fanout with(Binding binding) {
            return new Fanout(spec, bindings.with(binding));
        }

        @Override
        public Fanout without(Binding binding) {
            return new Fanout(spec, bindings.without(binding));
        }

        @Override
        public void forEachBinding(Consumer<Binding> action) {
            bindings.all().forEach(action);
        }

        @Override
        public void match(Matches matches) {
            matches.add(bindings);
        }
    }

    /// Matches patterns of words: `*` is one word, `#` any number of them.
    record Topic(ExchangeSpec spec, TopicNode root) implements ByKey {
        @Override
        public boolean isUnused() {
            return root.isEmpty();
        }

        @Override
        public Topic with(Binding binding) {
            return new Topic(spec, root.with(binding));
        }

        @Override
        public Topic without(Binding binding) {
            return new Topic(spec, root.without(binding));
        }

        @Override
        public void forEachBinding(Consumer<Binding> action) {
            root.forEachBinding(action);
        }

        @Override
        public void match(String routingKey, Matches matches) {
            root.match(routingKey, matches);
        }
    }

    /// Matches the message's headers with the bindings' arguments, one binding after the other.
    record Headers(ExchangeSpec spec, TreePSet<Binding> bindings) implements Exchange {
        @Override
        public boolean isUnused() {
            return bindings.isEmpty();
        }

        @Override
        public Headers with(Binding binding) {
            return new Headers(spec, bindings.plus(binding));
        }

        @Override
        public Headers without(Binding binding) {
            return new Headers(spec, bindings.minus(binding));
        }

        @Override
        public void forEachBinding(Consumer<Binding> action) {
            bindings.forEach(action);
        }

        @Override
        public void match(Matches matches) {
            if (bindings.isEmpty()) {
                return;
            }
            var headers = matches.facts().headers();
            for (Binding binding : bindings) {
                if (HeadersMatch.matches(binding.spec().arguments(), headers)) {
                    matches.add(binding.target());
                }
            }
        }
    }
}

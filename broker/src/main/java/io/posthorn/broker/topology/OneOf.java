package io.posthorn.broker.topology;

import io.posthorn.broker.ExchangeSpec;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

/// An exchange that hands each message to one of its bindings. Immutable.
///
/// How it chooses is worked out at the first message and kept; threads that do so at once get equal answers.
final class OneOf implements Exchange {
    private final ExchangeSpec spec;
    private final TreePSet<Binding> bindings;
    private final Function<TreePSet<Binding>, Choice> among;
    private @Nullable Choice choice;

    private OneOf(ExchangeSpec spec, TreePSet<Binding> bindings, Function<TreePSet<Binding>, Choice> among) {
        this.spec = spec;
        this.bindings = bindings;
        this.among = among;
    }

    static OneOf create(ExchangeSpec spec, Function<TreePSet<Binding>, Choice> among) {
        return new OneOf(spec, TreePSet.empty(Binding.BY_DESTINATION), among);
    }

    @Override
    public ExchangeSpec spec() {
        return spec;
    }

    @Override
    public boolean isUnused() {
        return bindings.isEmpty();
    }

    @Override
    public OneOf with(Binding binding) {
        return new OneOf(spec, bindings.plus(binding), among);
    }

    @Override
    public OneOf without(Binding binding) {
        return new OneOf(spec, bindings.minus(binding), among);
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
        var known = choice;
        if (known == null) {
            known = among.apply(bindings);
            choice = known;
        }
        matches.add(known.of(matches.routingKey(), matches.moreRoutingKeys(), matches.facts()));
    }
}

package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.ExchangeSpec;
import java.util.function.Consumer;

/// An exchange of type `x-delayed-message`: a message with a header `x-delay` waits here for so many milliseconds, and
/// then, as others at once, goes by the bindings in the way of another type, which an argument names. Immutable.
record Delayed(ExchangeSpec spec, DelayEntry delay, Exchange inner) implements Exchange {
    private static final String TYPE = "x-delayed-type";

    /// The same exchange as one of the type by which it routes. The texts are the plugin's.
    static ExchangeSpec inner(ExchangeSpec spec) {
        if (!(spec.arguments().get(TYPE) instanceof String type)) {
            throw new PreconditionFailed("Invalid argument, '" + TYPE + "' must be an existing exchange type");
        }
        if (ExchangeType.named(type) == ExchangeType.DELAYED_MESSAGE) {
            throw new PreconditionFailed("Invalid argument, 'x-delayed-message' can't be used for '" + TYPE + "'");
        }
        return new ExchangeSpec(
                spec.name(), type, spec.durable(), spec.autoDelete(), spec.internal(), spec.arguments());
    }

    @Override
    public boolean isTopic() {
        return inner.isTopic();
    }

    @Override
    public boolean isUnused() {
        return inner.isUnused();
    }

    @Override
    public Delayed with(Binding binding) {
        return new Delayed(spec, delay, inner.with(binding));
    }

    @Override
    public Delayed without(Binding binding) {
        return new Delayed(spec, delay, inner.without(binding));
    }

    @Override
    public void forEachBinding(Consumer<Binding> action) {
        inner.forEachBinding(action);
    }

    @Override
    public void match(Matches matches) {
        if (matches.facts().delay() > 0) {
            matches.waitAt(delay);
        } else {
            inner.match(matches);
        }
    }
}

package io.posthorn.broker.topology;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.PreconditionFailed;

/// What may be bound to what.
final class BindingRules {
    private BindingRules() {}

    static void checkNames(BindingSpec spec) {
        ExchangeRules.checkNotDefault(spec.source());
        if (spec.destination() == Destination.EXCHANGE) {
            ExchangeRules.checkNotDefault(spec.destinationName());
        }
        Names.checkLength("routing key", spec.routingKey());
    }

    /// @throws NotFound when source or destination is missing
    static void checkNew(Topology topology, String virtualHost, BindingSpec spec, SessionId session) {
        var source = topology.exchange(virtualHost, spec.source());
        switch (spec.destination()) {
            case QUEUE -> topology.queue(virtualHost, spec.destinationName(), session);
            case EXCHANGE -> topology.exchange(virtualHost, spec.destinationName());
        }
        if (source instanceof Exchange.Headers) {
            checkMatch(spec);
        }
    }

    private static void checkMatch(BindingSpec spec) {
        if (!spec.arguments().values().containsKey(HeadersMatch.X_MATCH)) {
            return;
        }
        Object mode = spec.arguments().get(HeadersMatch.X_MATCH);
        if (!(mode instanceof String text)) {
            throw new PreconditionFailed("Invalid x-match field type "
                    + ValueType.of(mode).rabbitName() + " (value " + mode + "); expected longstr");
        }
        switch (text) {
            case "all", "any", "all-with-x", "any-with-x" -> {}
            default ->
                throw new PreconditionFailed("Invalid x-match field value <<\"" + text
                        + "\">>; expected all, any, all-with-x, or any-with-x");
        }
    }
}

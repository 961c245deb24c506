package io.posthorn.broker.topology;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.ExchangeSpec;
import java.math.BigInteger;
import java.util.regex.Pattern;

/// What may be bound to what.
final class BindingRules {
    private static final Pattern WEIGHT = Pattern.compile("[+-]?[0-9]+");

    private BindingRules() {}

    static void checkNames(BindingSpec spec) {
        ExchangeRules.checkNotDefault(spec.source());
        if (spec.destination() == Destination.EXCHANGE) {
            ExchangeRules.checkNotDefault(spec.destinationName());
        } else if (Names.isInternal(spec.destinationName())) {
            throw new AccessRefused("queue name '" + spec.destinationName() + "' is reserved");
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
        checkKind(source.spec(), topology.virtualHost(virtualHost), spec);
    }

    /// What only one type of exchange asks of its bindings.
    private static void checkKind(ExchangeSpec source, VirtualHost host, BindingSpec spec) {
        switch (ExchangeType.of(source.type())) {
            case HEADERS -> checkMatch(spec);
            case CONSISTENT_HASH -> checkWeight(spec.routingKey());
            case DELAYED_MESSAGE -> checkKind(Delayed.inner(source), host, spec);
            case LOCAL_RANDOM -> checkLocalQueue(host, spec);
            case DIRECT, FANOUT, TOPIC, MODULUS_HASH, RANDOM -> {}
        }
    }

    private static void checkWeight(String key) {
        if (!WEIGHT.matcher(key).matches()) {
            throw new PreconditionFailed("The binding key must be an integer: " + Texts.binary(key));
        }
        if (new BigInteger(key).signum() < 1) {
            throw new PreconditionFailed("The binding key must be greater than 0");
        }
    }

    private static void checkLocalQueue(VirtualHost host, BindingSpec spec) {
        if (!spec.routingKey().isEmpty()) {
            throw new PreconditionFailed("Non empty binding '" + spec.routingKey() + "' key not permitted");
        }
        var queue = spec.destination() == Destination.QUEUE ? host.queue(spec.destinationName()) : null;
        if (queue == null) {
            throw new PreconditionFailed("Destination not found");
        }
        var type = QueueType.of(queue.spec().arguments());
        if (type != QueueType.CLASSIC) {
            throw new PreconditionFailed("Queue type " + type.moduleName() + " not valid for this exchange type");
        }
    }

    private static void checkMatch(BindingSpec spec) {
        if (!spec.arguments().values().containsKey(HeadersMatch.X_MATCH)) {
            return;
        }
        Object mode = spec.arguments().get(HeadersMatch.X_MATCH);
        if (mode instanceof String text) {
            checkMode(text);
        } else {
            throw new PreconditionFailed("Invalid x-match field type "
                    + ValueType.of(mode).rabbitName() + " (value " + Texts.value(mode) + "); expected longstr");
        }
    }

    private static void checkMode(String mode) {
        switch (mode) {
            case "all", "any", "all-with-x", "any-with-x" -> {}
            default ->
                throw new PreconditionFailed("Invalid x-match field value " + Texts.binary(mode)
                        + "; expected all, any, all-with-x, or any-with-x");
        }
    }
}

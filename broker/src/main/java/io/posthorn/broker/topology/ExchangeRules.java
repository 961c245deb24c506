package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.NotImplemented;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.ExchangeSpec;

/// What may be declared, deleted and bound of exchanges.
final class ExchangeRules {
    private ExchangeRules() {}

    static void checkNotDefault(String name) {
        if (name.isEmpty()) {
            throw new AccessRefused("operation not permitted on the default exchange");
        }
    }

    static void checkType(ExchangeSpec spec) {
        if (ExchangeType.named(spec.type()) == null) {
            throw new NotImplemented("unknown exchange type '" + spec.type() + "'");
        }
    }

    static void checkNew(String virtualHost, ExchangeSpec spec) {
        Names.checkNew("exchange", spec.name());
        Object alternate = spec.arguments().get(Exchange.ALTERNATE);
        if (spec.arguments().values().containsKey(Exchange.ALTERNATE) && !(alternate instanceof String)) {
            throw Texts.invalidType(Exchange.ALTERNATE, alternate, Texts.exchange(virtualHost, spec.name()));
        }
        switch (ExchangeType.of(spec.type())) {
            case CONSISTENT_HASH -> HashedOn.of(virtualHost, spec);
            case DELAYED_MESSAGE -> {
                var inner = Delayed.inner(spec);
                checkType(inner);
                checkNew(virtualHost, inner);
            }
            case DIRECT, FANOUT, TOPIC, HEADERS, MODULUS_HASH, RANDOM, LOCAL_RANDOM -> {
                // no arguments of their own
            }
        }
    }

    static void checkEquivalent(String virtualHost, ExchangeSpec received, ExchangeSpec current) {
        String exchange = Texts.exchange(virtualHost, current.name());
        Equivalence.check("type", Texts.atom(received.type()), Texts.atom(current.type()), exchange);
        Equivalence.check("durable", received.durable(), current.durable(), exchange);
        Equivalence.check("auto_delete", received.autoDelete(), current.autoDelete(), exchange);
        Equivalence.check("internal", received.internal(), current.internal(), exchange);
        Equivalence.checkArgument(Exchange.ALTERNATE, received.arguments(), current.arguments(), exchange);
    }

    static void checkDeletable(String virtualHost, String name) {
        checkNotDefault(name);
        if (Names.isReserved(name)) {
            throw new AccessRefused("deletion of system " + Texts.exchange(virtualHost, name) + " not allowed");
        }
    }

    static void checkUnused(String virtualHost, Exchange exchange) {
        if (!exchange.isUnused()) {
            throw new PreconditionFailed(
                    Texts.exchange(virtualHost, exchange.spec().name()) + " in use");
        }
    }
}

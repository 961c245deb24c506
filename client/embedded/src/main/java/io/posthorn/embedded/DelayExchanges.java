package io.posthorn.embedded;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.Reply;
import io.posthorn.events.spi.Address;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/// Delayed messages wait at an exchange of their own, and go on to where they are for by the same keys: which of
/// these exchanges are known to be there. Thread-safe.
final class DelayExchanges {
    private final Broker broker;
    private final Set<Target> declared = ConcurrentHashMap.newKeySet();

    /// Answers, or fails, in the calling thread.
    interface Broker {
        <T> T ask(BiConsumer<BrokerSession, Reply<T>> question);
    }

    /// A queue and an exchange may have one name.
    private record Target(String name, boolean isQueue) {
        static Target of(Address to) {
            return to.isQueue() ? new Target(to.routingKey(), true) : new Target(to.exchange(), false);
        }
    }

    DelayExchanges(Broker broker) {
        this.broker = broker;
    }

    /// Makes the one for messages to this address, unless it is known to be there.
    void declare(Address to) {
        Target target = Target.of(to);
        if (declared.contains(target)) {
            return;
        }
        String waiting = MessageMapping.delayedExchange(to);
        var type = new Arguments(Map.of("x-delayed-type", to.isQueue() ? "direct" : "topic"));
        var exchange = new ExchangeSpec(waiting, "x-delayed-message", true, false, false, type);
        broker.<Done>ask((asked, reply) -> asked.declareExchange(exchange, reply));
        var binding = to.isQueue()
                ? new BindingSpec(waiting, Destination.QUEUE, target.name(), target.name(), Arguments.NONE)
                : new BindingSpec(waiting, Destination.EXCHANGE, target.name(), "#", Arguments.NONE);
        broker.<Done>ask((asked, reply) -> asked.bind(binding, reply));
        declared.add(target);
    }

    /// It may be another queue of that name, or none.
    void forget(String queue) {
        declared.remove(new Target(queue, true));
    }

    void forgetAll() {
        declared.clear();
    }
}

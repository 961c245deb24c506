package io.posthorn.remote;

import com.rabbitmq.client.Channel;
import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Outgoing;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Where delayed messages wait. Thread-safe.
///
/// Posthorn has an exchange for it. On RabbitMQ they wait in a queue for each length of delay, whose messages die of
/// their age into what they are for.
final class Delays {
    /// Such a queue is deleted when nobody has used it for so long beyond its delay.
    private static final long LEFT_OVER_MILLIS = 60_000;

    /// RabbitMQ counts the age of messages and queues in 32 bits.
    private static final long LONGEST_AGE_MILLIS = 0xFFFF_FFFFL;

    private final boolean hasExchange;
    private final String server;
    private final Set<Target> bound = ConcurrentHashMap.newKeySet();

    /// A queue and an exchange may have one name.
    private record Target(String name, boolean isQueue) {
        static Target of(Address to) {
            return to.isQueue() ? new Target(to.routingKey(), true) : new Target(to.exchange(), false);
        }
    }

    Delays(boolean hasExchange, String server) {
        this.hasExchange = hasExchange;
        this.server = server;
    }

    /// Whether it can wait so long.
    ///
    /// @throws EventsException.Unsupported when it cannot
    void check(Outgoing message) {
        if (!hasExchange && rounded(message.handling().delay()) + LEFT_OVER_MILLIS > LONGEST_AGE_MILLIS) {
            throw new EventsException.Unsupported(Capability.DELAY, server, "delayed messages, for more than 48 days");
        }
    }

    /// Declares what the message needs to wait. On a channel of the caller's.
    void prepare(Channel channel, Outgoing message) throws IOException {
        if (!hasExchange) {
            // Each time: it keeps the queue from being deleted under the message.
            String waiting = waitingIn(message);
            channel.queueDeclare(waiting, true, false, false, arguments(message));
            if (!message.to().isQueue()) {
                // By way of an exchange it keeps its routing keys, and dies with them into the exchange it is for.
                channel.exchangeDeclare(waiting, "fanout", true, true, Map.of());
                channel.queueBind(waiting, waiting, "");
            }
        } else if (!bound.contains(Target.of(message.to()))) {
            prepareExchange(channel, message.to());
        }
    }

    private void prepareExchange(Channel channel, Address to) throws IOException {
        String waiting = waitingAt(to);
        String type = to.isQueue() ? "direct" : "topic";
        channel.exchangeDeclare(waiting, "x-delayed-message", true, false, Map.of("x-delayed-type", type));
        if (to.isQueue()) {
            channel.queueBind(to.routingKey(), waiting, to.routingKey());
        } else {
            channel.exchangeBind(to.exchange(), waiting, "#");
        }
        bound.add(Target.of(to));
    }

    /// Whoever has deleted the queue has deleted its binding.
    void forget(String queue) {
        bound.remove(new Target(queue, true));
    }

    /// What there was may be there no more.
    void forgetAll() {
        bound.clear();
    }

    /// Where the message is published first.
    Address addressFor(Outgoing message) {
        Address to = message.to();
        if (!message.isDelayed()) {
            return to;
        }
        if (hasExchange || !to.isQueue()) {
            String waiting = hasExchange ? waitingAt(to) : waitingIn(message);
            return new Address(waiting, to.routingKey(), to.moreRoutingKeys(), false);
        }
        return Address.queue(waitingIn(message));
    }

    private static String waitingAt(Address to) {
        return to.isQueue() ? "posthorn.delayed" : waitingAt(to.exchange());
    }

    /// Where what is for this exchange waits, at a Posthorn.
    static String waitingAt(String exchange) {
        return exchange + ".delayed";
    }

    private static String waitingIn(Outgoing message) {
        Address to = message.to();
        String kind = to.isQueue() ? ".delay." : ".after."; // not one queue for both where they have one name
        return Target.of(to).name() + kind + rounded(message.handling().delay());
    }

    private static Map<String, Object> arguments(Outgoing message) {
        long millis = rounded(message.handling().delay());
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("x-message-ttl", millis);
        arguments.put("x-expires", millis + LEFT_OVER_MILLIS);
        arguments.put("x-dead-letter-exchange", message.to().exchange());
        if (message.to().isQueue()) {
            arguments.put("x-dead-letter-routing-key", message.to().routingKey());
        }
        return arguments;
    }

    /// Up to the next of a few lengths, a tenth longer at most, so that delays with jitter do not make a queue each.
    static long rounded(Duration delay) {
        long step = 1;
        long millis = delay.toMillis();
        while (millis / step >= 100) {
            step *= 10;
        }
        return Math.ceilDiv(millis, step) * step;
    }
}

package io.posthorn.remote;

import com.rabbitmq.client.Channel;
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
/// their age into the queue that they are for.
final class Delays {
    static final String EXCHANGE = "posthorn.delayed";

    /// Such a queue is deleted when nobody has used it for so long beyond its delay.
    private static final long LEFT_OVER_MILLIS = 60_000;

    private final boolean hasExchange;
    private final Set<String> bound = ConcurrentHashMap.newKeySet();

    Delays(boolean hasExchange) {
        this.hasExchange = hasExchange;
    }

    /// Declares what the message needs to wait. On a channel of the caller's.
    void prepare(Channel channel, Outgoing message) throws IOException {
        String queue = message.queue();
        if (!hasExchange) {
            // Each time: it keeps the queue from being deleted under the message.
            channel.queueDeclare(waitingIn(message), true, false, false, arguments(message));
        } else if (!bound.contains(queue)) {
            channel.exchangeDeclare(EXCHANGE, "x-delayed-message", true, false, Map.of("x-delayed-type", "direct"));
            channel.queueBind(queue, EXCHANGE, queue);
            bound.add(queue);
        }
    }

    void forget(String queue) {
        bound.remove(queue);
    }

    String exchangeFor(Outgoing message) {
        return isDelayed(message) && hasExchange ? EXCHANGE : "";
    }

    String routingKeyFor(Outgoing message) {
        return isDelayed(message) && !hasExchange ? waitingIn(message) : message.queue();
    }

    static boolean isDelayed(Outgoing message) {
        return !message.delay().isZero();
    }

    private static String waitingIn(Outgoing message) {
        return message.queue() + ".delay." + rounded(message.delay());
    }

    private static Map<String, Object> arguments(Outgoing message) {
        long millis = rounded(message.delay());
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("x-message-ttl", millis);
        arguments.put("x-expires", millis + LEFT_OVER_MILLIS);
        arguments.put("x-dead-letter-exchange", "");
        arguments.put("x-dead-letter-routing-key", message.queue());
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

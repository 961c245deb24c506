package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Death;
import io.posthorn.broker.DeathHistory;
import io.posthorn.broker.DeathReason;
import io.posthorn.broker.Message;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The history of a dead letter as RabbitMQ tells it: `x-death` with a table for each queue and reason, the latest
/// first, and what the very first and the latest were. What a client wrote under these names is overwritten.
final class DeathHeaders {
    /// RabbitMQ's, from which on it tells of the latest death too.
    private static final Version LAST_DEATH = new Version(3, 13);

    private final boolean tellsLast;

    DeathHeaders(AmqpSettings settings) {
        tellsLast = Version.of(settings.identity().version()).isAtLeast(LAST_DEATH);
    }

    /// Of a message that never was given up these are its own properties.
    BasicProperties with(BasicProperties properties, Message message) {
        DeathHistory history = message.deaths();
        if (history == null) {
            return properties;
        }
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        Arguments published = properties.headers();
        if (published != null) {
            headers.putAll(published.values());
        }
        if (history.readdressed()) {
            // Who gives a message another address takes all those it had.
            headers.remove(CarbonCopies.CC);
        }
        putHistory(headers, history, properties.expiration());
        return properties.withHeaders(arguments(headers)).withoutExpiration();
    }

    private void putHistory(Map<String, @Nullable Object> headers, DeathHistory history, @Nullable String expiration) {
        var tables = new ArrayList<Arguments>();
        List<Death> deaths = history.deaths();
        for (int i = 0; i < deaths.size(); i++) {
            // A message expires no more once it has died, so only its first death can tell when it would have.
            tables.add(table(deaths.get(i), i == history.first() ? expiration : null));
        }
        headers.put("x-death", List.copyOf(tables));
        Death first = history.veryFirst();
        headers.put("x-first-death-exchange", first.exchange());
        headers.put("x-first-death-queue", first.queue());
        headers.put("x-first-death-reason", text(first.reason()));
        if (tellsLast) {
            Death last = history.latest();
            headers.put("x-last-death-exchange", history.lastExchange());
            headers.put("x-last-death-queue", last.queue());
            headers.put("x-last-death-reason", text(last.reason()));
        }
    }

    private static Arguments table(Death death, @Nullable String expiration) {
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        table.put("count", death.count());
        table.put("reason", text(death.reason()));
        table.put("queue", death.queue());
        table.put("time", Instant.ofEpochMilli(death.firstTime()));
        table.put("exchange", death.exchange());
        table.put("routing-keys", death.routingKeys());
        if (expiration != null) {
            table.put("original-expiration", expiration);
        }
        return arguments(table);
    }

    private static String text(DeathReason reason) {
        return switch (reason) {
            case REJECTED -> "rejected";
            case EXPIRED -> "expired";
            case MAXLEN -> "maxlen";
            case DELIVERY_LIMIT -> "delivery_limit";
        };
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Arguments arguments(Map<String, @Nullable Object> values) {
        return new Arguments(values);
    }
}

package io.posthorn.server.control;

import io.posthorn.broker.DelayedMessage;
import java.time.Instant;

/// One message that waits at an exchange, and its line on the control socket.
///
/// @param exchange where it was published
/// @param size of its body, in bytes
public record DelayedLine(long id, Instant dueAt, String exchange, String routingKey, int size) {
    static DelayedLine of(DelayedMessage message) {
        return new DelayedLine(
                message.id(),
                Instant.ofEpochMilli(message.dueAt()),
                message.exchange(),
                message.routingKey(),
                message.size());
    }

    static DelayedLine parse(String line) {
        String[] fields = line.split(" ", -1);
        return new DelayedLine(
                Long.parseLong(fields[0]),
                Instant.ofEpochMilli(Long.parseLong(fields[1])),
                QueueLine.decode(fields[2]),
                QueueLine.decode(fields[3]),
                Integer.parseInt(fields[4]));
    }

    String format() {
        return "%d %d %s %s %d"
                .formatted(id, dueAt.toEpochMilli(), QueueLine.encode(exchange), QueueLine.encode(routingKey), size);
    }
}

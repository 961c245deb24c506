package io.posthorn.server.control;

import io.posthorn.broker.BrowsedMessage;
import io.posthorn.log.Bytes;
import java.util.Base64;

/// One message that was looked at, and its line on the control socket.
///
/// @param queue where it is
/// @param size of the whole body, in bytes
/// @param body as much of it as is shown
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PeekLine(
        String queue, long id, boolean redelivered, String exchange, String routingKey, int size, byte[] body) {
    private static final int SHOWN = 256;

    static PeekLine of(BrowsedMessage browsed) {
        Bytes body = browsed.message().body();
        return new PeekLine(
                browsed.queue().name(),
                browsed.id(),
                browsed.redelivered(),
                browsed.message().exchange(),
                browsed.message().routingKey(),
                body.length(),
                body.slice(0, Math.min(SHOWN, body.length())).toByteArray());
    }

    static PeekLine parse(String line) {
        String[] fields = line.split(" ", -1);
        return new PeekLine(
                QueueLine.decode(fields[0]),
                Long.parseLong(fields[1]),
                Boolean.parseBoolean(fields[2]),
                QueueLine.decode(fields[3]),
                QueueLine.decode(fields[4]),
                Integer.parseInt(fields[5]),
                Base64.getDecoder().decode(fields[6]));
    }

    String format() {
        return "%s %d %s %s %s %d %s"
                .formatted(
                        QueueLine.encode(queue),
                        id,
                        redelivered,
                        QueueLine.encode(exchange),
                        QueueLine.encode(routingKey),
                        size,
                        Base64.getEncoder().encodeToString(body));
    }
}

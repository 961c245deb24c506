package io.posthorn.server.control;

import io.posthorn.broker.QueueStatus;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// One queue in a list, and its line on the control socket: fields with a space between, the name percent-encoded.
public record QueueLine(String name, String kind, long ready, long unsettled, int consumers) {
    static QueueLine of(QueueStatus queue) {
        String kind = queue.exclusive() ? "exclusive" : queue.durable() ? "durable" : "transient";
        return new QueueLine(
                queue.name(),
                queue.autoDelete() ? kind + ",auto-delete" : kind,
                queue.ready(),
                queue.unsettled(),
                queue.consumers());
    }

    static QueueLine parse(String line) {
        String[] fields = line.split(" ", -1);
        return new QueueLine(
                decode(fields[0]),
                fields[1],
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Integer.parseInt(fields[4]));
    }

    String format() {
        return "%s %s %d %d %d".formatted(encode(name), kind, ready, unsettled, consumers);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}

package io.posthorn.server.control;

import io.posthorn.broker.QueueStatus;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One queue in a list, and its line on the control socket: fields with a space between, texts
/// percent-encoded.
///
/// @param paused why the queue delivers nothing; null when it does
public record QueueLine(
        String name,
        String kind,
        long ready,
        long unsettled,
        int consumers,
        @Nullable String paused) {
    /// Before the reason, which may be any text.
    private static final String PAUSED = "paused:";

    static QueueLine of(QueueStatus queue) {
        return new QueueLine(
                queue.name(), kind(queue), queue.ready(), queue.unsettled(), queue.consumers(), queue.pausedBecause());
    }

    private static String kind(QueueStatus queue) {
        String life = queue.exclusive() ? "exclusive" : queue.durable() ? "durable" : "transient";
        String kind = queue.autoDelete() ? life + ",auto-delete" : life;
        return queue.type().equals("classic") ? kind : queue.type() + "," + kind;
    }

    static QueueLine parse(String line) {
        String[] fields = line.split(" ", -1);
        return new QueueLine(
                decode(fields[0]),
                fields[1],
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Integer.parseInt(fields[4]),
                fields[5].startsWith(PAUSED) ? decode(fields[5].substring(PAUSED.length())) : null);
    }

    String format() {
        String state = paused == null ? "running" : PAUSED + encode(paused);
        return "%s %s %d %d %d %s".formatted(encode(name), kind, ready, unsettled, consumers, state);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}

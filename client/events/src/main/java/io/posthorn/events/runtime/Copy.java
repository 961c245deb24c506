package io.posthorn.events.runtime;

import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Outgoing;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A message that goes on as a copy, for its next attempt or to the dead letters: nobody takes it for a duplicate of
/// itself, and what it was first published with stays known.
final class Copy {
    /// What it was published with, where a copy was sent by the name of a queue.
    private static final String TOPIC = "x-first-topic";

    /// What tells duplicates, in place of the message's id.
    private static final String DEDUPLICATION = "x-deduplication-header";

    /// Headers of a copy that are of no use to what follows from it.
    static final List<String> OWN_HEADERS = List.of(Headers.ATTEMPTS, DEDUPLICATION, TOPIC);

    private Copy() {}

    /// @param said headers, beside those that it has
    static Outgoing of(Incoming incoming, Address to, Duration wait, Map<String, String> said) {
        Map<String, String> headers = new LinkedHashMap<>(incoming.headers());
        headers.putAll(said);
        headers.put(DEDUPLICATION, Ids.next());
        if (to.isQueue() && !isForItsQueue(incoming)) {
            headers.put(TOPIC, incoming.routingKey());
        }
        return incoming.again(to, wait, headers);
    }

    /// What a message was published with, also where this is a copy.
    static String topic(Incoming incoming) {
        String first = isForItsQueue(incoming) ? incoming.headers().get(TOPIC) : null;
        return first == null ? incoming.routingKey() : first;
    }

    private static boolean isForItsQueue(Incoming incoming) {
        return incoming.routingKey().equals(incoming.queue());
    }
}

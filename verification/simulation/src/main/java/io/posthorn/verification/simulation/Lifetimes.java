package io.posthorn.verification.simulation;

import io.posthorn.broker.Message;
import io.posthorn.verification.simulation.BrokerEvent.Confirmed;
import io.posthorn.verification.simulation.BrokerEvent.Published;
import io.posthorn.verification.simulation.BrokerEvent.Restarted;
import io.posthorn.verification.simulation.BrokerEvent.TimePassed;
import java.util.HashMap;
import java.util.Map;

/// When the time of messages is over, as far as a client can know it: a queue counts from the append, which comes
/// after the publish, and before the confirm or the end of the process.
final class Lifetimes {
    private final Map<Long, Long> expiresAt = new HashMap<>();
    private final Map<Long, Long> publishedAt = new HashMap<>();
    private final Map<Long, Long> appendedBy = new HashMap<>();
    private long now;

    void observe(BrokerEvent event) {
        switch (event) {
            case TimePassed(long time) -> now = time;
            case Published published -> {
                expiresAt.put(published.message(), published.expiresAt());
                publishedAt.put(published.message(), now);
            }
            case Confirmed(long message) -> appendedBy.putIfAbsent(message, now);
            case Restarted _ -> publishedAt.keySet().forEach(message -> appendedBy.putIfAbsent(message, now));
            default -> {
                // does not concern time
            }
        }
    }

    boolean mayBeOver(String queue, long message) {
        return isOver(queue, message, publishedAt);
    }

    boolean mustBeOver(String queue, long message) {
        return isOver(queue, message, appendedBy);
    }

    private boolean isOver(String queue, long message, Map<Long, Long> appended) {
        if (QueueKind.of(queue).isStream()) {
            return false;
        }
        long ttl = QueueKind.of(queue).timeToLive();
        Long since = appended.get(message);
        boolean byQueue = ttl != Message.NEVER && since != null && since + ttl <= now;
        return byQueue || expiresAt.getOrDefault(message, Message.NEVER) <= now;
    }
}

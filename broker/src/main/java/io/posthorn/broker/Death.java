package io.posthorn.broker;

import java.util.List;

/// That a message died in one queue for one reason, once or more.
///
/// @param count how often
/// @param firstTime of the first time, milliseconds since the epoch
/// @param exchange where the message had been published, the first time
/// @param routingKeys its addresses there, the hidden ones left out, the first time
public record Death(
        String queue, DeathReason reason, long count, long firstTime, String exchange, List<String> routingKeys) {
    Death again() {
        return new Death(queue, reason, count + 1, firstTime, exchange, routingKeys);
    }

    boolean isOf(String otherQueue, DeathReason otherReason) {
        return reason == otherReason && queue.equals(otherQueue);
    }
}

package io.posthorn.broker;

import java.util.ArrayList;
import java.util.List;

/// Every death that a message has died, until it got where it is. Immutable.
///
/// @param deaths one for each queue and reason, the latest first; never empty
/// @param first index of the very first among them
/// @param lastExchange where the message had been published before its latest death
/// @param readdressed whether a queue has replaced its routing keys by one of its own
public record DeathHistory(List<Death> deaths, int first, String lastExchange, boolean readdressed) {
    public DeathHistory {
        deaths = List.copyOf(deaths);
    }

    /// The history of a message that dies now.
    ///
    /// @param message with its whole address
    /// @param readdressed whether the queue gives it another routing key
    public static DeathHistory after(Message message, String queue, DeathReason reason, long now, boolean readdressed) {
        DeathHistory before = message.deaths();
        var keys = new ArrayList<String>();
        keys.add(message.routingKey());
        keys.addAll(message.moreRoutingKeys());
        var death = new Death(queue, reason, 1, now, message.exchange(), List.copyOf(keys));
        if (before == null) {
            return new DeathHistory(List.of(death), 0, message.exchange(), readdressed);
        }
        return before.and(death, readdressed);
    }

    private DeathHistory and(Death death, boolean readdressedNow) {
        int known = indexOf(death);
        var all = new ArrayList<Death>(deaths.size() + 1);
        all.add(known < 0 ? death : deaths.get(known).again());
        for (int i = 0; i < deaths.size(); i++) {
            if (i != known) {
                all.add(deaths.get(i));
            }
        }
        return new DeathHistory(all, firstAfter(known), death.exchange(), readdressed || readdressedNow);
    }

    /// Where the very first death is when the one at `moved` has come to the front; negative for a new one.
    private int firstAfter(int moved) {
        if (moved == first) {
            return 0;
        }
        return moved < 0 || moved > first ? first + 1 : first;
    }

    private int indexOf(Death death) {
        for (int i = 0; i < deaths.size(); i++) {
            if (deaths.get(i).isOf(death.queue(), death.reason())) {
                return i;
            }
        }
        return -1;
    }

    public Death latest() {
        return deaths.getFirst();
    }

    public Death veryFirst() {
        return deaths.get(first);
    }

    /// Whether the message has come round to this queue with nobody's doing: it would go round for ever.
    public boolean isCycle(String queue) {
        for (int i = 0; i < deaths.size(); i++) {
            Death death = deaths.get(i);
            if (death.reason() == DeathReason.REJECTED) {
                return false;
            }
            if (death.queue().equals(queue)) {
                return true;
            }
        }
        return false;
    }
}

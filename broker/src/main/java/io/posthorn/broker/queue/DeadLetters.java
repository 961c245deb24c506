package io.posthorn.broker.queue;

import io.posthorn.broker.DeathHistory;
import io.posthorn.broker.DeathReason;
import io.posthorn.broker.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a queue gives up and does not lose: it goes through the queue's dead letter exchange to other queues, with
/// its history.
final class DeadLetters implements Forwarding.Letters {
    private final String queue;
    private final String exchange;
    private final @Nullable String routingKey;
    private final Surroundings shard;

    /// @param routingKey replaces the keys that messages were published with; null to keep them
    DeadLetters(String queue, String exchange, @Nullable String routingKey, Surroundings shard) {
        this.queue = queue;
        this.exchange = exchange;
        this.routingKey = routingKey;
        this.shard = shard;
    }

    @Override
    public boolean areDead() {
        return true;
    }

    @Override
    public Message of(Message message, byte reason) {
        String newKey = routingKey;
        var history = DeathHistory.after(message, queue, DeathReason.of(reason), shard.now(), newKey != null);
        Message dead = message.died(history);
        return newKey == null
                ? dead.readdressed(
                        exchange, message.routingKey(), message.moreRoutingKeys(), message.hiddenRoutingKeys())
                : dead.readdressed(exchange, newKey, List.of(), List.of());
    }
}

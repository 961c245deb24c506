package io.posthorn.events.spi;

import io.posthorn.events.QueueOptions;
import io.posthorn.events.QueueOptions.Order;
import io.posthorn.events.QueueOptions.Overflow;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a queue's options are as arguments of AMQP's `queue.declare`.
public final class QueueArguments {
    private QueueArguments() {}

    /// Of a queue with these options.
    ///
    /// @return texts, `Integer`, `Long` and `Boolean` by name
    public static Map<String, Object> of(QueueOptions options) {
        var arguments = new LinkedHashMap<String, Object>();
        if (options.order() == Order.LIFO) {
            arguments.put("x-delivery-order", "lifo");
        } else if (options.order() == Order.PRIORITY) {
            arguments.put("x-max-priority", options.priorities());
        }
        if (options.deadLetters() != null) {
            arguments.put("x-dead-letter-exchange", "");
            arguments.put("x-dead-letter-routing-key", options.deadLetters());
        }
        if (options.expiry() != null) {
            arguments.put("x-message-ttl", options.expiry().toMillis());
        }
        if (options.maxLength() >= 0) {
            arguments.put("x-max-length", options.maxLength());
            arguments.put("x-overflow", options.overflow() == Overflow.REFUSE ? "reject-publish" : "drop-head");
        }
        if (options.deduplicateFor() != null) {
            arguments.put("x-message-deduplication", true);
            arguments.put("x-cache-ttl", options.deduplicateFor().toMillis());
            arguments.put("x-cache-size", options.deduplicateMost());
        }
        if (options.fairLimit() > 0) {
            arguments.put("x-fair-limit", options.fairLimit());
        }
        return arguments;
    }
}

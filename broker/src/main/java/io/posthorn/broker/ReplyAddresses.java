package io.posthorn.broker;

import io.posthorn.broker.security.Secrets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The reply addresses that are open, over all sessions. Thread-safe: whoever publishes finds one here.
final class ReplyAddresses {
    /// RabbitMQ's, since clients look for it.
    static final String PREFIX = "amq.rabbitmq.reply-to.";

    private static final int KEY_BYTES = 16;

    private final byte[] secret;
    private final MemoryBudget memory;
    private final AtomicLong opened = new AtomicLong();
    private final Map<String, LocalReplyAddress> open = new ConcurrentHashMap<>();

    ReplyAddresses(byte[] secret, MemoryBudget memory) {
        this.secret = secret;
        this.memory = memory;
    }

    LocalReplyAddress open(LocalSession session, DeliverySink sink) {
        var address = new LocalReplyAddress(nextName(), session, this, memory, sink);
        open.put(address.name(), address);
        return address;
    }

    private String nextName() {
        byte[] signed = Secrets.sign(secret, "reply address " + opened.incrementAndGet());
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(signed, KEY_BYTES));
    }

    void closed(LocalReplyAddress address) {
        open.remove(address.name(), address);
    }

    boolean isOpen(String virtualHost, String name) {
        return find(virtualHost, name) != null;
    }

    int count() {
        return open.size();
    }

    /// Gives a message that was published at the default exchange to the addresses it names.
    ///
    /// @return how many those are
    int deliver(String virtualHost, Message message) {
        return count(virtualHost, message, address -> address.offer(message));
    }

    /// How many addresses the message names.
    int named(String virtualHost, Message message) {
        return count(virtualHost, message, _ -> {});
    }

    private int count(String virtualHost, Message message, Consumer<LocalReplyAddress> each) {
        if (message.moreRoutingKeys().isEmpty() && message.hiddenRoutingKeys().isEmpty()) {
            return count(virtualHost, message.routingKey(), each);
        }
        // A key that is named twice is one.
        Set<String> names = new LinkedHashSet<>();
        names.add(message.routingKey());
        names.addAll(message.moreRoutingKeys());
        names.addAll(message.hiddenRoutingKeys());
        int count = 0;
        for (String name : names) {
            count += count(virtualHost, name, each);
        }
        return count;
    }

    private int count(String virtualHost, String name, Consumer<LocalReplyAddress> each) {
        LocalReplyAddress address = find(virtualHost, name);
        if (address == null) {
            return 0;
        }
        each.accept(address);
        return 1;
    }

    private @Nullable LocalReplyAddress find(String virtualHost, String name) {
        LocalReplyAddress address = name.startsWith(PREFIX) ? open.get(name) : null;
        return address != null && address.virtualHost().equals(virtualHost) ? address : null;
    }
}

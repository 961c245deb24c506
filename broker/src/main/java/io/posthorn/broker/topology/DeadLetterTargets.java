package io.posthorn.broker.topology;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Every queue that a queue's dead letters can get to, whatever their routing keys are.
final class DeadLetterTargets {
    private final VirtualHost host;
    private final SortedMap<String, QueueEntry> queues = new TreeMap<>();
    private final Set<String> seen = new HashSet<>();
    private final ArrayDeque<String> pending = new ArrayDeque<>();

    DeadLetterTargets(VirtualHost host) {
        this.host = host;
    }

    /// By name.
    List<QueueEntry> of(QueueEntry origin) {
        String exchange = text(origin, QueueArgument.DEAD_LETTER_EXCHANGE);
        if (exchange == null) {
            return List.of();
        }
        if (exchange.isEmpty()) {
            String key = text(origin, QueueArgument.DEAD_LETTER_ROUTING_KEY);
            add(host.queue(key == null ? origin.name() : key));
        } else {
            addExchange(exchange);
        }
        while (!pending.isEmpty()) {
            visit(pending.remove());
        }
        return List.copyOf(queues.values());
    }

    private @Nullable String text(QueueEntry queue, QueueArgument argument) {
        return host.argumentsOf(queue).get(argument.argumentName()) instanceof String text ? text : null;
    }

    private void visit(String name) {
        var exchange = host.exchange(name);
        if (exchange == null) {
            return;
        }
        exchange.forEachBinding(binding -> {
            switch (binding.target()) {
                case QueueEntry queue -> add(queue);
                case Target.ToExchange(String next) -> addExchange(next);
            }
        });
        String alternate = host.alternateOf(exchange);
        if (alternate != null) {
            addExchange(alternate);
        }
    }

    private void add(@Nullable QueueEntry queue) {
        if (queue != null) {
            queues.put(queue.name(), queue);
        }
    }

    private void addExchange(String name) {
        if (seen.add(name)) {
            pending.add(name);
        }
    }
}

package io.posthorn.broker.topology;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Collects where one message goes, through exchanges bound to exchanges and alternate exchanges; each exchange
/// is visited once, so cycles end. As long as one set of bindings is all that matches, its own route is the
/// answer and nothing is allocated but this.
final class Matches {
    private final VirtualHost host;
    private final Exchange first;
    private final String routingKey;
    private final List<String> moreRoutingKeys;
    private final MessageFacts facts;

    private Route only = Route.NOWHERE;
    private @Nullable Set<QueueEntry> several;
    private @Nullable Set<String> seen;
    private @Nullable ArrayDeque<Exchange> pending;
    private @Nullable Set<DelayEntry> delays;
    private boolean matched;

    Matches(VirtualHost host, Exchange first, String routingKey, List<String> moreRoutingKeys, MessageFacts facts) {
        this.host = host;
        this.first = first;
        this.routingKey = routingKey;
        this.moreRoutingKeys = moreRoutingKeys;
        this.facts = facts;
    }

    String routingKey() {
        return routingKey;
    }

    List<String> moreRoutingKeys() {
        return moreRoutingKeys;
    }

    MessageFacts facts() {
        return facts;
    }

    Route route() {
        visit(first);
        while (pending != null && !pending.isEmpty()) {
            visit(pending.remove());
        }
        Route queues = several == null ? only : Route.to(several);
        if (delays == null) {
            return queues;
        }
        return queues.isEmpty() && delays.size() == 1 ? delays.iterator().next().route() : queues.and(delays);
    }

    /// The message is kept back at this exchange.
    void waitAt(DelayEntry delay) {
        matched = true;
        if (delays == null) {
            delays = new LinkedHashSet<>();
        }
        delays.add(delay);
    }

    private void visit(Exchange exchange) {
        matched = false;
        if (exchange.spec().name().isEmpty()) {
            matchByName(routingKey);
            moreRoutingKeys.forEach(this::matchByName);
            return;
        }
        exchange.match(this);
        if (!matched) {
            var alternate = host.alternateOf(exchange);
            if (alternate != null) {
                addExchange(alternate);
            }
        }
    }

    /// The default exchange binds every queue by its name.
    private void matchByName(String name) {
        var queue = host.queue(name);
        if (queue != null) {
            addQueues(queue.route());
        }
    }

    void add(Bindings bindings) {
        if (bindings.isEmpty()) {
            return;
        }
        matched = true;
        var destinations = bindings.destinations();
        addQueues(destinations.route());
        for (int i = 0; i < destinations.exchanges().size(); i++) {
            addExchange(destinations.exchanges().get(i));
        }
    }

    void add(Target target) {
        matched = true;
        switch (target) {
            case QueueEntry queue -> addQueues(queue.route());
            case Target.ToExchange(String name) -> addExchange(name);
        }
    }

    private void addQueues(Route route) {
        if (several == null) {
            if (only.isEmpty() || only.equals(route)) {
                only = route;
                return;
            }
            if (route.isEmpty()) {
                return;
            }
            several = new LinkedHashSet<>();
            addAll(only, several);
        }
        addAll(route, several);
    }

    private static void addAll(Route route, Set<QueueEntry> queues) {
        for (int i = 0; i < route.size(); i++) {
            queues.add(route.queue(i));
        }
    }

    private void addExchange(String name) {
        // As the alternate of another the default exchange takes nothing: it has no bindings that anybody could see.
        if (name.isEmpty()) {
            return;
        }
        if (seen == null) {
            seen = new HashSet<>();
            seen.add(first.spec().name());
            pending = new ArrayDeque<>();
        }
        var exchange = host.exchange(name);
        if (pending != null && exchange != null && seen.add(name)) {
            pending.add(exchange);
        }
    }
}

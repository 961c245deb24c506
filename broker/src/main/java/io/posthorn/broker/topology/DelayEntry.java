package io.posthorn.broker.topology;

import io.posthorn.log.LogId;

/// One exchange of the topology at which messages wait for their time. Compared by identity; an exchange deleted and
/// declared again is another entry with another id, so that what waited at the old one is not found.
public final class DelayEntry {
    private final String virtualHost;
    private final String exchange;
    private final boolean durable;
    private final LogId id;
    private final int shard;
    private final Route route;

    DelayEntry(String virtualHost, String exchange, boolean durable, LogId id) {
        this.virtualHost = virtualHost;
        this.exchange = exchange;
        this.durable = durable;
        this.id = id;
        this.shard = QueueEntry.shardOf(virtualHost, exchange);
        this.route = Route.waitingAt(this);
    }

    public String virtualHost() {
        return virtualHost;
    }

    public String exchange() {
        return exchange;
    }

    /// Whether what waits here is there again after a restart, with the exchange.
    public boolean durable() {
        return durable;
    }

    /// Tells one generation of a name from the next; no log has this id.
    public LogId id() {
        return id;
    }

    /// 0 to [Topology#SHARDS] - 1.
    public int shard() {
        return shard;
    }

    /// The route of messages that wait here and go nowhere else.
    Route route() {
        return route;
    }

    @Override
    public String toString() {
        return Texts.exchange(virtualHost, exchange);
    }
}

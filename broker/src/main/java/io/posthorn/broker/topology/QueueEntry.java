package io.posthorn.broker.topology;

import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.queue.QueueSettings;
import io.posthorn.log.LogId;
import org.jspecify.annotations.Nullable;

/// One queue in the topology. Compared by identity; a queue deleted and declared again is another entry with
/// another log, so that whatever was routed by the old one finds nothing.
public final class QueueEntry implements QueueHandle, Target {
    private final String virtualHost;
    private final QueueSpec spec;
    private final LogId log;
    private final @Nullable SessionId owner;
    private final int shard;
    private final int mostInBatch;
    private final Route route;

    QueueEntry(String virtualHost, QueueSpec spec, LogId log, @Nullable SessionId owner) {
        this.virtualHost = virtualHost;
        this.spec = spec;
        this.log = log;
        this.owner = owner;
        this.shard = shardOf(virtualHost, spec.name());
        this.mostInBatch = QueueSettings.of(spec.arguments()).mostInBatch();
        this.route = new Route(this);
    }

    public String virtualHost() {
        return virtualHost;
    }

    @Override
    public String name() {
        return spec.name();
    }

    public QueueSpec spec() {
        return spec;
    }

    /// The queue's log, of its own for ever; it tells one generation of a name from the next.
    public LogId log() {
        return log;
    }

    /// 0 to [Topology#SHARDS] - 1; depends on the names only.
    public int shard() {
        return shard;
    }

    /// The session that an exclusive queue belongs to; null for others.
    public @Nullable SessionId owner() {
        return owner;
    }

    /// Whether the queue is there again after a restart. Exclusive queues never are: their session is gone.
    public boolean survivesRestart() {
        return spec.durable() && !spec.exclusive();
    }

    /// How many messages are to be in a batch for this queue at most.
    int mostInBatch() {
        return mostInBatch;
    }

    /// The route to this queue alone.
    public Route route() {
        return route;
    }

    @Override
    public String toString() {
        return "queue '" + name() + "' in vhost '" + virtualHost + "'";
    }

    /// `String.hashCode` is specified, so this is the same in every JVM; the multiplication spreads names that
    /// differ in their last character only.
    static int shardOf(String virtualHost, String name) {
        int hash = (31 * virtualHost.hashCode() + name.hashCode()) * 0x9E3779B9;
        return hash >>> (Integer.SIZE - Topology.SHARD_BITS);
    }
}

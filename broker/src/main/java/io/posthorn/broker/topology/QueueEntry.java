package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.policy.EffectivePolicy;
import io.posthorn.broker.policy.Policies;
import io.posthorn.broker.queue.QueueSettings;
import io.posthorn.broker.topic.LivePartition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.log.LogId;
import org.jspecify.annotations.Nullable;

/// One queue in the topology. Compared by identity; a queue deleted and declared again is another entry with
/// another log, so that whatever was routed by the old one finds nothing.
public final class QueueEntry extends WatchedPartition implements QueueHandle, Target {
    private final String virtualHost;
    private final QueueSpec spec;
    private final LogId log;
    private final String declaredBy;
    private final @Nullable SessionId owner;
    private final int shard;
    private final Route route;

    /// The first partition of a topic has the topic's name, in the topology and everywhere.
    private final int index;

    /// Whose log this is a cursor over; null for what has a log of its own.
    private final @Nullable QueueEntry source;

    /// Where a cursor begins that was not told to begin elsewhere since.
    private final long start;

    private final boolean seenAsTopic;
    private final boolean ofTopic;

    private volatile @Nullable LivePartition live;

    private volatile boolean deleted;

    /// What was last asked, as lists ask it of all queues.
    private volatile Known known;

    /// What the queue was last told to do; null before.
    private volatile @Nullable Arguments told;

    private record Known(Policies policies, EffectivePolicy policy, int mostInBatch) {}

    QueueEntry(String virtualHost, QueueSpec spec, LogId log, @Nullable SessionId owner) {
        this(virtualHost, spec, log, owner, 0, "");
    }

    /// @param index of the partition that it is, of a topic; 0 for others
    /// @param declaredBy a user; empty where that is not known
    QueueEntry(String virtualHost, QueueSpec spec, LogId log, @Nullable SessionId owner, int index, String declaredBy) {
        this(virtualHost, spec, log, owner, index, declaredBy, null, 0);
    }

    /// A cursor over a log.
    static QueueEntry cursor(QueueEntry source, CursorPart part) {
        return new QueueEntry(
                source.virtualHost,
                source.spec,
                part.id(),
                null,
                source.index,
                source.declaredBy,
                source,
                part.start());
    }

    private QueueEntry(
            String virtualHost,
            QueueSpec spec,
            LogId log,
            @Nullable SessionId owner,
            int index,
            String declaredBy,
            @Nullable QueueEntry source,
            long start) {
        this.source = source;
        this.start = start;
        this.virtualHost = virtualHost;
        this.spec = spec;
        this.log = log;
        this.owner = owner;
        this.index = index;
        this.declaredBy = declaredBy;
        this.ofTopic = spec.isTopic();
        this.seenAsTopic = owner == null && !Names.isReserved(spec.name()) && Names.isOfTopic(spec.name());
        this.shard = (shardOf(virtualHost, spec.name()) + index) & (Topology.SHARDS - 1);
        this.known = known(Policies.NONE);
        // What a protocol keeps for itself gets nothing by any exchange.
        this.route = Names.isInternal(spec.name()) ? Route.NOWHERE : new Route(this);
    }

    /// The user who declared the queue; empty where that is not known.
    public String declaredBy() {
        return declaredBy;
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

    /// 0 to [Topology#SHARDS] - 1; depends on the names and the index only, so that the partitions of a topic are
    /// spread.
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

    /// How many messages are to be in a batch for this queue at most, as far as is known: policies are asked meanwhile.
    int mostInBatch() {
        return known.mostInBatch;
    }

    /// @param policies of the virtual host
    EffectivePolicy policy(Policies policies) {
        Known last = known;
        if (last.policies != policies) {
            last = known(policies);
            known = last;
        }
        return last.policy;
    }

    private Known known(Policies policies) {
        EffectivePolicy policy = spec.isTopic() ? EffectivePolicy.NONE : policies.ofQueue(spec.name(), spec.type());
        return new Known(policies, policy, QueueSettings.of(policy.over(spec)).mostInBatch());
    }

    /// Notes what the queue is told to do.
    ///
    /// @return whether it is something else than before
    public boolean isNews(Arguments arguments) {
        boolean news = !arguments.equals(told);
        told = arguments;
        return news;
    }

    /// The route to this queue alone.
    public Route route() {
        return route;
    }

    /// Whose log this is a cursor over: consumers compete for its messages, and take nothing from it. Null for what has
    /// a log of its own.
    public @Nullable QueueEntry source() {
        return source;
    }

    /// Where a cursor begins, unless it was told to begin elsewhere since.
    public long start() {
        return start;
    }

    /// As it was declared.
    CursorPart asCursor() {
        return new CursorPart(log, start);
    }

    /// Whether it is what a name stands for, and not only a part of that.
    public boolean isHead() {
        return index == 0 && source == null;
    }

    @Override
    public boolean isOfTopic() {
        return ofTopic;
    }

    /// Whether protocols of event streams see it: see [io.posthorn.broker.topic.Catalogue].
    boolean isSeenAsTopic() {
        return seenAsTopic;
    }

    // ---- As a partition

    @Override
    public String topic() {
        return spec.name();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public int partition() {
        return index;
    }

    /// From now on this one knows how far the log reaches. Called by the shard that opens the log.
    public void live(LivePartition log) {
        live = log;
        moved();
    }

    /// Who has the log; null before anybody has, and when the queue is gone.
    public @Nullable LivePartition live() {
        return live;
    }

    /// The queue is gone. Called by its shard.
    public void deleted() {
        deleted = true;
        live = null;
        moved();
    }

    @Override
    public boolean isDeleted() {
        return deleted;
    }

    @Override
    public PartitionBounds bounds() {
        LivePartition known = live;
        return known == null ? PartitionBounds.NONE : known.bounds();
    }

    @Override
    public long bytes() {
        LivePartition known = live;
        return known == null ? 0 : known.bytes();
    }

    @Override
    public boolean isSyncing() {
        LivePartition known = live;
        return known != null && known.isSyncing();
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

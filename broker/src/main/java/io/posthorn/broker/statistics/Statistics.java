package io.posthorn.broker.statistics;

import io.posthorn.broker.Reply;
import io.posthorn.broker.topology.QueueEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Questions about the whole broker. Each asks every shard, or every io thread, once; what they answer is of one
/// instant each, and not of the same. Thread-safe; replies come on any thread, and must not wait there.
public interface Statistics {
    /// @param virtualHost only queues of this one; null for all
    void queues(@Nullable String virtualHost, Reply<List<QueueStatistics>> reply);

    void queue(QueueEntry queue, Reply<QueueStatistics> reply);

    /// Those that a peer has opened; by name.
    void connections(Reply<List<ConnectionStatistics>> reply);

    void totals(Reply<Totals> reply);

    /// What went through the exchanges that something was published to. Never waits.
    List<ExchangeStatistics> exchanges();

    /// Who has tried to log in.
    LoginCounts logins();
}

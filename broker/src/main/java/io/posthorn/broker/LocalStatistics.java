package io.posthorn.broker;

import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Shard;
import io.posthorn.broker.shard.ShardReading;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.ExchangeStatistics;
import io.posthorn.broker.statistics.LoginCounts;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.statistics.Statistics;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.broker.statistics.Totals;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks shards and sessions what they have counted, and keeps what those that are gone have. Thread-safe.
final class LocalStatistics implements Statistics {
    /// So many sessions are looked at in one go, so that their thread is not held up.
    private static final int SESSIONS_AT_ONCE = 128;

    private final Supplier<Topology> topology;
    private final List<Shard> shards;
    private final Supplier<Collection<LocalSession>> sessions;
    private final LoginCounts logins;
    private final ExchangeTraffics traffics;
    private final Tally closed = new Tally(); // guarded by itself
    private Counts told = Counts.NONE; // guarded by closed
    private final LongAdder connectionsOpened = new LongAdder();
    private final LongAdder connectionsClosed = new LongAdder();
    final LongAdder queuesDeclared = new LongAdder();
    final LongAdder queuesCreated = new LongAdder();
    final LongAdder queuesDeleted = new LongAdder();

    LocalStatistics(
            Supplier<Topology> topology,
            List<Shard> shards,
            Supplier<Collection<LocalSession>> sessions,
            LoginCounts logins,
            ExchangeTraffics traffics) {
        this.topology = topology;
        this.shards = shards;
        this.sessions = sessions;
        this.logins = logins;
        this.traffics = traffics;
    }

    void opened(SessionListener listener) {
        if (listener instanceof ReportingListener) {
            connectionsOpened.increment();
        }
    }

    /// On the session's io thread.
    void closed(SessionListener listener) {
        if (listener instanceof ReportingListener connection) {
            connectionsClosed.increment();
            synchronized (closed) {
                connection.addCounts(closed);
            }
        }
    }

    @Override
    public void queues(@Nullable String virtualHost, Reply<List<QueueStatistics>> reply) {
        readShards(virtualHost, true, readings -> {
            var all = new ArrayList<QueueStatistics>();
            readings.forEach(reading -> all.addAll(reading.queues()));
            reply.ok(new TopicStatistics(topology.get()).whole(all));
        });
    }

    @Override
    public void queue(QueueEntry queue, Reply<QueueStatistics> reply) {
        var topics = new TopicStatistics(topology.get());
        if (!topics.isPart(queue)) {
            shards.get(queue.shard()).submit(new Command.StatisticsOf(queue, reply));
            return;
        }
        List<QueueEntry> parts = topics.partsOf(queue);
        var known = new Gathering<QueueStatistics>(parts.size(), all -> tell(queue, all, reply));
        for (QueueEntry part : parts) {
            shards.get(part.shard()).submit(new Command.StatisticsOf(part, new Reply<>() {
                @Override
                public void ok(QueueStatistics told) {
                    known.add(List.of(told));
                }

                @Override
                public void failed(BrokerException gone) {
                    known.add(List.of());
                }
            }));
        }
    }

    private void tell(QueueEntry queue, List<QueueStatistics> parts, Reply<QueueStatistics> reply) {
        List<QueueStatistics> whole = new TopicStatistics(topology.get()).whole(parts);
        if (whole.isEmpty()) {
            reply.failed(new BrokerException.NotFound("no " + queue));
        } else {
            reply.ok(whole.getFirst());
        }
    }

    @Override
    public void connections(Reply<List<ConnectionStatistics>> reply) {
        readSessions(LocalStatistics::describe, all -> {
            all.sort(Comparator.comparing(ConnectionStatistics::name));
            reply.ok(all);
        });
    }

    @Override
    public List<ExchangeStatistics> exchanges() {
        return traffics.all();
    }

    @Override
    public LoginCounts logins() {
        return logins;
    }

    private static ConnectionStatistics describe(SessionSpec spec, ReportingListener connection) {
        return new ConnectionStatistics(spec.name(), spec.principal().user(), spec.virtualHost(), connection.report());
    }

    /// What one connection adds to the totals.
    private record Share(Tally counts, int channels) {}

    @Override
    public void totals(Reply<Totals> reply) {
        readShards(null, false, readings -> readSessions(readings, reply));
    }

    private void readSessions(List<ShardReading> readings, Reply<Totals> reply) {
        Counts before = ofClosed();
        readSessions(LocalStatistics::share, shares -> {
            var queues = new Tally();
            long ready = 0;
            long unsettled = 0;
            long consumers = 0;
            for (ShardReading reading : readings) {
                queues.add(reading.counts());
                ready += reading.ready();
                unsettled += reading.unsettled();
                consumers += reading.consumers();
            }
            reply.ok(new Totals(
                    queues.now(),
                    sum(before, shares),
                    ready,
                    unsettled,
                    consumers,
                    shares.size(),
                    shares.stream().mapToInt(Share::channels).sum(),
                    connectionsOpened.sum(),
                    connectionsClosed.sum(),
                    queuesDeclared.sum(),
                    queuesCreated.sum(),
                    queuesDeleted.sum()));
        });
    }

    private Counts ofClosed() {
        synchronized (closed) {
            return closed.now();
        }
    }

    private static Share share(SessionSpec spec, ReportingListener connection) {
        var counts = new Tally();
        connection.addCounts(counts);
        return new Share(counts, connection.openChannels());
    }

    // What is closed in between is in neither, until the next time; but nothing that was told may become less.
    private Counts sum(Counts before, List<Share> shares) {
        var all = new Tally();
        all.add(before);
        shares.forEach(share -> all.add(share.counts()));
        synchronized (closed) {
            told = told.max(all.now());
            return told;
        }
    }

    private void readShards(@Nullable String virtualHost, boolean each, Consumer<List<ShardReading>> then) {
        var readings = new Gathering<>(shards.size(), then);
        for (Shard shard : shards) {
            try {
                shard.submit(new Command.Statistics(virtualHost, each, reading(readings)));
            } catch (RejectedExecutionException stopped) {
                // The loops may end before those who look know that the broker does.
                readings.add(List.of());
            }
        }
    }

    private static Reply<ShardReading> reading(Gathering<ShardReading> readings) {
        return new Reply<>() {
            @Override
            public void ok(ShardReading reading) {
                readings.add(List.of(reading));
            }

            @Override
            public void failed(BrokerException cause) {
                readings.add(List.of());
            }
        };
    }

    private interface Look<T> {
        T at(SessionSpec spec, ReportingListener connection);
    }

    private <T> void readSessions(Look<T> look, Consumer<List<T>> then) {
        var byThread = new HashMap<SessionSpec.IoExecutor, List<LocalSession>>();
        for (LocalSession session : sessions.get()) {
            if (session.listener() instanceof ReportingListener) {
                byThread.computeIfAbsent(session.spec().io(), _ -> new ArrayList<>())
                        .add(session);
            }
        }
        // One more, so that what answers at once is not the last before all are asked.
        var gathered = new Gathering<>(parts(byThread) + 1, then);
        byThread.forEach((io, all) -> {
            for (int from = 0; from < all.size(); from += SESSIONS_AT_ONCE) {
                List<LocalSession> part = all.subList(from, Math.min(all.size(), from + SESSIONS_AT_ONCE));
                onThread(io, () -> gathered.add(look(part, look)), () -> gathered.add(List.of()));
            }
        });
        gathered.add(List.of());
    }

    private static int parts(Map<SessionSpec.IoExecutor, List<LocalSession>> byThread) {
        int parts = 0;
        for (List<LocalSession> all : byThread.values()) {
            parts += (all.size() + SESSIONS_AT_ONCE - 1) / SESSIONS_AT_ONCE;
        }
        return parts;
    }

    private static void onThread(SessionSpec.IoExecutor io, Runnable task, Runnable otherwise) {
        try {
            io.execute(task);
        } catch (RejectedExecutionException stopping) {
            otherwise.run();
        }
    }

    private static <T> List<T> look(List<LocalSession> sessions, Look<T> look) {
        var seen = new ArrayList<T>(sessions.size());
        for (LocalSession session : sessions) {
            if (!session.isClosed() && session.listener() instanceof ReportingListener connection) {
                seen.add(look.at(session.spec(), connection));
            }
        }
        return seen;
    }

    /// Parts of an answer, from several threads; the last one hands on the whole.
    private static final class Gathering<T> {
        private final AtomicInteger missing;
        private final Consumer<List<T>> then;
        private final List<T> all = new ArrayList<>(); // guarded by itself

        Gathering(int parts, Consumer<List<T>> then) {
            this.missing = new AtomicInteger(parts);
            this.then = then;
        }

        void add(List<T> part) {
            synchronized (all) {
                all.addAll(part);
            }
            if (missing.decrementAndGet() == 0) {
                then.accept(all);
            }
        }
    }
}

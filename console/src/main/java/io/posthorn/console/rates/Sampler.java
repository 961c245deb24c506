package io.posthorn.console.rates;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import io.posthorn.broker.Timer;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.ExchangeStatistics;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.statistics.Statistics;
import io.posthorn.broker.statistics.Totals;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/// Reads the broker every few seconds, while somebody looks: each kind of thing by itself, until a minute has passed
/// in which nobody has asked for it. Then there is no timer, and nothing is kept. Thread-safe.
public final class Sampler {
    /// Milliseconds between two readings.
    static final long INTERVAL = 5_000;

    /// After so long without a look, nobody does.
    static final long PATIENCE = 60_000;

    /// An hour of the whole broker, and ten minutes of each thing in it.
    private static final int MOST_OF_ALL = 720;

    private static final int MOST_OF_EACH = 120;

    private final Statistics statistics;
    private final InstantSource clock;
    private final Timer timer;
    private final AtomicBoolean running = new AtomicBoolean();
    private final Watched<QueueStatistics> queues =
            new Watched<>(queueMeasures(), QueueStatistics::queue, MOST_OF_EACH);
    private final Watched<ConnectionStatistics> connections =
            new Watched<>(connectionMeasures(), ConnectionStatistics::name, MOST_OF_EACH);
    private final Watched<NamedChannel> channels = new Watched<>(channelMeasures(), NamedChannel::name, MOST_OF_EACH);
    private final Watched<ExchangeStatistics> exchanges =
            new Watched<>(exchangeMeasures(), Sampler::exchange, MOST_OF_EACH);
    private final Watched<Totals> totals = new Watched<>(totalMeasures(), _ -> "all", MOST_OF_ALL);

    public Sampler(Statistics statistics, InstantSource clock, Timer timer) {
        this.statistics = statistics;
        this.clock = clock;
        this.timer = timer;
    }

    private static Measures<QueueStatistics> queueMeasures() {
        return counted(Measures.<QueueStatistics>none(), QueueStatistics::counts, MessageRates.OF_QUEUES)
                .with("messages", queue -> queue.ready() + queue.unsettled())
                .with("messages_ready", QueueStatistics::ready)
                .with("messages_unacknowledged", QueueStatistics::unsettled)
                .with("waited", QueueStatistics::waitedMillis);
    }

    private static Measures<ExchangeStatistics> exchangeMeasures() {
        return Measures.<ExchangeStatistics>none()
                .with("publish_in", ExchangeStatistics::publishIn)
                .with("publish_out", ExchangeStatistics::publishOut);
    }

    private static Object exchange(ExchangeStatistics exchange) {
        return List.of(exchange.virtualHost(), exchange.exchange());
    }

    private static Measures<ConnectionStatistics> connectionMeasures() {
        return Measures.<ConnectionStatistics>none()
                .with("recv_oct", each -> each.report().counts().of(Counted.OCTETS_IN))
                .with("send_oct", each -> each.report().counts().of(Counted.OCTETS_OUT));
    }

    private static Measures<NamedChannel> channelMeasures() {
        return counted(Measures.<NamedChannel>none(), each -> each.report().counts(), MessageRates.OF_CHANNELS);
    }

    private static Measures<Totals> totalMeasures() {
        return counted(Measures.<Totals>none(), MessageRates::ofAll, MessageRates.OF_CHANNELS)
                .with("messages", all -> all.ready() + all.unsettled())
                .with("messages_ready", Totals::ready)
                .with("messages_unacknowledged", Totals::unsettled)
                .with("connection_created", Totals::connectionsOpened)
                .with("connection_closed", Totals::connectionsClosed)
                .with("channel_created", all -> all.connections().of(Counted.CHANNEL_OPENED))
                .with("channel_closed", all -> all.connections().of(Counted.CHANNEL_CLOSED))
                .with("queue_declared", Totals::queuesDeclared)
                .with("queue_created", Totals::queuesCreated)
                .with("queue_deleted", Totals::queuesDeleted);
    }

    private static <T> Measures<T> counted(Measures<T> before, Function<T, Counts> counts, List<MessageRates> all) {
        Measures<T> more = before;
        for (MessageRates each : all) {
            more = more.with(each.text(), thing -> each.of(counts.apply(thing)));
        }
        return more;
    }

    /// Somebody looks at queues. @param all every queue of the broker, as it is now
    public Watched<QueueStatistics> queues(List<QueueStatistics> all) {
        return looked(queues, all);
    }

    /// Somebody looks at some queues: what all are like is found out soon.
    public Watched<QueueStatistics> someQueues() {
        queues.look(clock.millis());
        start();
        return queues;
    }

    public Watched<ConnectionStatistics> connections(List<ConnectionStatistics> all) {
        return looked(connections, all);
    }

    public Watched<NamedChannel> channels(List<NamedChannel> all) {
        return looked(channels, all);
    }

    public Watched<ExchangeStatistics> exchanges(List<ExchangeStatistics> all) {
        return looked(exchanges, all);
    }

    public Watched<Totals> totals(Totals now) {
        return looked(totals, List.of(now));
    }

    private <T> Watched<T> looked(Watched<T> kind, List<T> all) {
        kind.look(clock.millis(), all, INTERVAL);
        start();
        return kind;
    }

    private void start() {
        if (running.compareAndSet(false, true)) {
            timer.after(INTERVAL, this::round);
        }
    }

    private void round() {
        long now = clock.millis();
        boolean anything = false;
        if (queues.isWatched(now, PATIENCE)) {
            anything = true;
            statistics.queues(null, then(all -> queues.take(clock.millis(), all)));
        }
        boolean watchesConnections = connections.isWatched(now, PATIENCE);
        boolean watchesChannels = channels.isWatched(now, PATIENCE);
        if (watchesConnections || watchesChannels) {
            anything = true;
            statistics.connections(then(this::takeConnections));
        }
        if (exchanges.isWatched(now, PATIENCE)) {
            anything = true;
            exchanges.take(now, statistics.exchanges());
        }
        if (totals.isWatched(now, PATIENCE)) {
            anything = true;
            statistics.totals(then(all -> totals.take(clock.millis(), List.of(all))));
        }
        if (anything) {
            timer.after(INTERVAL, this::round);
        } else {
            running.set(false);
            // Who has looked in between has found it running.
            if (queues.isWatched(now, PATIENCE)
                    || connections.isWatched(now, PATIENCE)
                    || channels.isWatched(now, PATIENCE)
                    || exchanges.isWatched(now, PATIENCE)
                    || totals.isWatched(now, PATIENCE)) {
                start();
            }
        }
    }

    private void takeConnections(List<ConnectionStatistics> all) {
        long now = clock.millis();
        if (connections.isWatched(now, PATIENCE)) {
            connections.take(now, all);
        }
        if (channels.isWatched(now, PATIENCE)) {
            channels.take(now, NamedChannel.of(all));
        }
    }

    /// How many things are kept in memory for rates.
    int kept() {
        return queues.size() + connections.size() + channels.size() + exchanges.size() + totals.size();
    }

    // What could not be read is read the next time.
    private static <T> Reply<T> then(Consumer<T> take) {
        return new Reply<>() {
            @Override
            public void ok(T value) {
                take.accept(value);
            }

            @Override
            public void failed(BrokerException cause) {}
        };
    }
}

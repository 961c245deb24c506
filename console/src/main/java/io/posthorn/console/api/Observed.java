package io.posthorn.console.api;

import io.posthorn.broker.Broker;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.ExchangeStatistics;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.statistics.Totals;
import io.posthorn.console.Answers;
import io.posthorn.console.Node;
import io.posthorn.console.rates.NamedChannel;
import io.posthorn.console.rates.Sampler;
import io.posthorn.console.rates.Watched;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// What routes ask of the broker about itself, with the rates that go with it. Asking is looking, see [Sampler].
/// Thread-safe; waits for the broker.
public record Observed(Broker broker, Node node, Sampler sampler, InstantSource clock) {
    long now() {
        return clock.millis();
    }

    /// @param all what there was to see
    /// @param trends how it has moved
    record Seen<T>(List<T> all, Watched<T> trends) {}

    Seen<ConnectionStatistics> connections() throws TimeoutException {
        List<ConnectionStatistics> all = connectionsOnly();
        return new Seen<>(all, sampler.connections(all));
    }

    /// Without their rates.
    List<ConnectionStatistics> connectionsOnly() throws TimeoutException {
        return Answers.await(broker.statistics()::connections);
    }

    Seen<NamedChannel> channels() throws TimeoutException {
        List<NamedChannel> all = NamedChannel.of(connectionsOnly());
        return new Seen<>(all, sampler.channels(all));
    }

    Seen<QueueStatistics> queues() throws TimeoutException {
        List<QueueStatistics> all = queuesOf(null);
        return new Seen<>(all, sampler.queues(all));
    }

    /// Without their rates.
    ///
    /// @param virtualHost null for all
    List<QueueStatistics> queuesOf(@Nullable String virtualHost) throws TimeoutException {
        return Answers.await(reply -> broker.statistics().queues(virtualHost, reply));
    }

    Seen<ExchangeStatistics> exchanges() {
        List<ExchangeStatistics> all = broker.statistics().exchanges();
        return new Seen<>(all, sampler.exchanges(all));
    }

    Seen<Totals> totals() throws TimeoutException {
        Totals now = Answers.await(broker.statistics()::totals);
        return new Seen<>(List.of(now), sampler.totals(now));
    }
}

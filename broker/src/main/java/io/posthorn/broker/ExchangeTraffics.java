package io.posthorn.broker;

import io.posthorn.broker.statistics.ExchangeStatistics;
import io.posthorn.broker.statistics.ExchangeTraffic;
import io.posthorn.broker.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// What goes through exchanges, by their names. One that nothing was published to takes no room. Thread-safe.
final class ExchangeTraffics {
    /// With so many it is time to see which are there still.
    private static final int FEW = 1_000;

    private final Map<Name, ExchangeTraffic> traffics = new ConcurrentHashMap<>();
    private final Supplier<Topology> topology;

    private volatile int reviewAt = FEW;

    private record Name(String virtualHost, String exchange) {}

    ExchangeTraffics(Supplier<Topology> topology) {
        this.topology = topology;
    }

    ExchangeTraffic of(String virtualHost, String exchange) {
        var name = new Name(virtualHost, exchange);
        ExchangeTraffic known = traffics.get(name);
        if (known != null) {
            return known;
        }
        if (traffics.size() >= reviewAt) {
            forgetTheGone();
            reviewAt = Math.max(FEW, 2 * traffics.size());
        }
        return traffics.computeIfAbsent(name, _ -> new ExchangeTraffic());
    }

    List<ExchangeStatistics> all() {
        forgetTheGone();
        return traffics.entrySet().stream()
                .map(each -> ExchangeStatistics.of(
                        each.getKey().virtualHost(), each.getKey().exchange(), each.getValue()))
                .toList();
    }

    private void forgetTheGone() {
        Topology now = topology.get();
        traffics.keySet().removeIf(name -> !isThere(now, name));
    }

    private static boolean isThere(Topology topology, Name name) {
        var host = topology.virtualHosts().get(name.virtualHost());
        return host != null && host.exchangeSpec(name.exchange()) != null;
    }
}

package io.posthorn.broker;

import io.posthorn.broker.BrokerException.LimitReached;
import io.posthorn.broker.topology.Topology;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// How many connections virtual hosts and users have, and how many channels users have, held against their limits as
/// they are when one more comes. Thread-safe.
final class Occupancy {
    private static final String CONNECTIONS = "max-connections";
    private static final String CHANNELS = "max-channels";

    private final Supplier<Topology> topology;
    private final Map<String, Integer> connectionsOfHosts = new ConcurrentHashMap<>();
    private final Map<String, Integer> connectionsOfUsers = new ConcurrentHashMap<>();
    private final Map<String, Integer> channelsOfUsers = new ConcurrentHashMap<>();

    Occupancy(Supplier<Topology> topology) {
        this.topology = topology;
    }

    /// @throws LimitReached in RabbitMQ's words
    void addConnection(SessionSpec spec) {
        String host = spec.virtualHost();
        String user = spec.principal().user();
        Topology now = topology.get();
        add(
                connectionsOfHosts,
                host,
                limit(now.virtualHostLimits(host), CONNECTIONS),
                limit -> "access to vhost '" + host + "' refused for user '" + user + "': connection limit (" + limit
                        + ") is reached");
        try {
            add(
                    connectionsOfUsers,
                    user,
                    limit(now.userLimits(user), CONNECTIONS),
                    limit -> "connection refused for user '" + user + "': user connection limit (" + limit
                            + ") is reached");
        } catch (LimitReached refused) {
            remove(connectionsOfHosts, host, 1);
            throw refused;
        }
    }

    void removeConnection(SessionSpec spec) {
        remove(connectionsOfHosts, spec.virtualHost(), 1);
        remove(connectionsOfUsers, spec.principal().user(), 1);
    }

    /// @throws LimitReached in RabbitMQ's words
    void addChannel(String user) {
        add(
                channelsOfUsers,
                user,
                limit(topology.get().userLimits(user), CHANNELS),
                limit -> "number of channels opened for user '" + user
                        + "' has reached the maximum allowed user limit of (" + limit + ")");
    }

    void removeChannels(String user, int count) {
        remove(channelsOfUsers, user, count);
    }

    /// A negative one is none.
    private static long limit(Map<String, Long> limits, String name) {
        long limit = limits.getOrDefault(name, -1L);
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    private static void add(Map<String, Integer> counts, String name, long limit, LongFunction<String> text) {
        counts.compute(name, (_, known) -> {
            int count = known == null ? 0 : known;
            if (count >= limit) {
                throw new LimitReached(text.apply(limit));
            }
            return count + 1;
        });
    }

    private static void remove(Map<String, Integer> counts, String name, int count) {
        if (count > 0) {
            counts.computeIfPresent(name, (_, known) -> known > count ? Integer.valueOf(known - count) : null);
        }
    }
}

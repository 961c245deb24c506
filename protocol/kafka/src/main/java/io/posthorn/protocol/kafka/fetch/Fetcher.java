package io.posthorn.protocol.kafka.fetch;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What is known of a connection that has fetched something. Confined to its io thread.
final class Fetcher {
    /// So often everything of a session is looked at, moved or not: its user may have lost a right.
    private static final long LOOK_AT_ALL_MS = 5_000;

    /// A client has one session; who speaks for several clients by one connection has more.
    private static final int MOST_WATCHED = 8;

    private final InstantSource clock;
    private final FetchPace pace;
    private final ReadAheads ahead;
    private final Predicate<FetchSession> isKnown;

    /// Those that came last, the last one last.
    private final Map<FetchSession, Watched> sessions = new LinkedHashMap<>(4, 0.75f, true);

    /// A session, and since when nobody has looked at all of it.
    private record Watched(WatchSet set, byte isolation, long lookedAtAll) {}

    /// @param isKnown whether the server still has a session
    Fetcher(InstantSource clock, ReadAheads ahead, Predicate<FetchSession> isKnown) {
        this.clock = clock;
        this.pace = new FetchPace(clock);
        this.ahead = ahead;
        this.isKnown = isKnown;
    }

    FetchPace pace() {
        return pace;
    }

    ReadAheads ahead() {
        return ahead;
    }

    /// Which partitions of the session are worth a look: all of them where it came by another connection the
    /// last time, or with another isolation.
    @SuppressWarnings("ReferenceEquality") // whether it is the same one is the question
    WatchSet watchOf(FetchSession session, byte isolation) {
        Watched known = sessions.get(session);
        long now = clock.millis();
        if (known == null || known.set() != session.watch()) {
            forget(session);
            return lookAtAll(session, WatchSet.ofSession(), isolation, now);
        }
        boolean isDue = known.isolation() != isolation || now - known.lookedAtAll() >= LOOK_AT_ALL_MS;
        return isDue ? lookAtAll(session, known.set(), isolation, now) : known.set();
    }

    private WatchSet lookAtAll(FetchSession session, WatchSet set, byte isolation, long now) {
        set.addAll(session.partitions().values());
        session.watchedBy(set);
        sessions.put(session, new Watched(set, isolation, now));
        if (sessions.size() > MOST_WATCHED) {
            forget(sessions.keySet().iterator().next());
        }
        List.copyOf(sessions.keySet()).stream().filter(isKnown.negate()).forEach(this::forget);
        return set;
    }

    /// Nobody will ask for this session by this connection.
    void forget(@Nullable FetchSession session) {
        Watched known = sessions.remove(session);
        if (known != null) {
            known.set().close();
        }
    }

    /// The connection has ended.
    void close() {
        ahead.close();
        sessions.values().forEach(watched -> watched.set().close());
        sessions.clear();
    }
}

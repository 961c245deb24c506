package io.posthorn.protocol.kafka.fetch;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// What is known of a connection that has fetched something. Confined to its io thread.
final class Fetcher {
    /// So often everything of a session is looked at, moved or not: its user may have lost a right.
    private static final long LOOK_AT_ALL_MS = 5_000;

    private final InstantSource clock;
    private final FetchPace pace;
    private final ReadAheads ahead;
    private @Nullable Watched watched;

    /// The session that came last, and since when nobody has looked at all of it.
    private record Watched(WatchSet set, byte isolation, long lookedAtAll) {}

    Fetcher(InstantSource clock, ReadAheads ahead) {
        this.clock = clock;
        this.pace = new FetchPace(clock);
        this.ahead = ahead;
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
        Watched known = watched;
        long now = clock.millis();
        if (known == null || known.set() != session.watch()) {
            if (known != null) {
                known.set().close();
            }
            return lookAtAll(session, WatchSet.ofSession(), isolation, now);
        }
        boolean isDue = known.isolation() != isolation || now - known.lookedAtAll() >= LOOK_AT_ALL_MS;
        return isDue ? lookAtAll(session, known.set(), isolation, now) : known.set();
    }

    private WatchSet lookAtAll(FetchSession session, WatchSet set, byte isolation, long now) {
        set.addAll(session.partitions().values());
        session.watchedBy(set);
        watched = new Watched(set, isolation, now);
        return set;
    }

    /// The connection has ended.
    void close() {
        ahead.close();
        if (watched != null) {
            watched.set().close();
        }
    }
}

package io.posthorn.protocol.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.FakePartition;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/// What one connection watches for its sessions.
class FetcherTest {
    private static final byte UNCOMMITTED = IsolationLevel.READ_UNCOMMITTED.id();

    private final Set<FetchSession> ended = new HashSet<>();
    private final Fetcher fetcher = fetcher();
    private final FakePartition partition = new FakePartition();

    @Test
    void sessionsThatTakeTurnsLookAtWhatHasMovedOnly() {
        FetchSession one = session(1);
        FetchSession other = session(2);
        look(fetcher, one);
        look(fetcher, other);

        WatchSet again = fetcher.watchOf(one, UNCOMMITTED);
        assertThat(again.candidates()).isEmpty();
        partition.move();
        again.takeMoved();

        assertThat(again.candidates()).hasSize(1);
        assertThat(partition.watchers()).hasSize(2);
    }

    @Test
    void aSessionThatComesByAnotherConnectionLooksAtEverything() {
        FetchSession session = session(1);
        look(fetcher, session);
        Fetcher second = fetcher();

        look(second, session);

        assertThat(fetcher.watchOf(session, UNCOMMITTED).candidates()).hasSize(1);
        second.close();
        fetcher.close();
        assertThat(partition.watchers()).isEmpty();
    }

    @Test
    void whatIsForgottenIsWatchedNoMore() {
        FetchSession session = session(1);
        look(fetcher, session);

        fetcher.forget(session);

        assertThat(partition.watchers()).isEmpty();
        fetcher.forget(null);
    }

    @Test
    void whatEndedElsewhereIsWatchedNoMoreWhenTheNextComes() {
        FetchSession one = session(1);
        look(fetcher, one);
        ended.add(one);

        look(fetcher, session(2));

        assertThat(partition.watchers()).hasSize(1);
    }

    @Test
    void aConnectionOfManySessionsWatchesForTheLastOfThem() {
        List<FetchSession> many =
                IntStream.range(0, 100).mapToObj(FetcherTest::session).toList();
        many.forEach(session -> look(fetcher, session));

        assertThat(partition.watchers()).hasSizeLessThan(10);
        assertThat(fetcher.watchOf(many.getLast(), UNCOMMITTED).candidates()).isEmpty();
    }

    /// As a request does that finds nothing new.
    private void look(Fetcher by, FetchSession session) {
        WatchSet set = by.watchOf(session, UNCOMMITTED);
        for (FetchedPartition fetched : session.partitions().values()) {
            set.found(fetched, partition);
        }
        List.copyOf(set.candidates()).forEach(set::remove);
        for (FetchedPartition fetched : session.partitions().values()) {
            set.found(fetched, partition);
        }
    }

    private Fetcher fetcher() {
        var ahead = new ReadAheads((_, _) -> {}, Runnable::run, new ReadAheadBudget(0));
        return new Fetcher(() -> Instant.EPOCH, ahead, session -> !ended.contains(session));
    }

    private static FetchSession session(int id) {
        var partitions = new LinkedHashMap<FetchedPartition.Key, FetchedPartition>();
        var key = new FetchedPartition.Key("t", Uuid.ZERO_UUID, 0);
        partitions.put(key, new FetchedPartition(key));
        return new FetchSession(id, false, partitions, 0);
    }
}

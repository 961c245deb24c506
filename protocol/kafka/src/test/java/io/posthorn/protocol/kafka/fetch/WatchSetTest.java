package io.posthorn.protocol.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.FakePartition;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class WatchSetTest {
    private final WatchSet set = WatchSet.ofSession();
    private final FetchedPartition one = fetched(1);
    private final FetchedPartition other = fetched(2);
    private final FakePartition partition = new FakePartition();
    private int woken;

    @Test
    void whatMovesIsWorthALookAndNothingElse() {
        set.found(one, partition);
        set.found(other, new FakePartition());
        set.takeMoved();
        assertThat(set.candidates()).isEmpty();

        partition.move();
        partition.move();
        set.takeMoved();

        assertThat(set.candidates()).containsExactly(one);
    }

    @Test
    void whoSleepsIsWokenOnceUntilHeLooks() {
        set.found(one, partition);
        set.sleep(() -> woken++);
        partition.move();
        partition.move();
        assertThat(woken).isEqualTo(1);

        set.takeMoved();
        partition.move();
        assertThat(woken).isEqualTo(2);
        set.takeMoved();
        set.wake();
        partition.move();
        assertThat(woken).isEqualTo(2);
    }

    @Test
    void anotherPartitionOfTheNameIsWatchedInsteadOfTheOneBefore() {
        set.found(one, partition);
        var successor = new FakePartition();

        set.found(one, successor);
        set.found(one, successor);

        assertThat(partition.watchers()).isEmpty();
        assertThat(successor.watchers()).hasSize(1);
        set.found(one, null);
        assertThat(successor.watchers()).isEmpty();
    }

    @Test
    void whatIsForgottenOrClosedIsWatchedNoMore() {
        var second = new FakePartition();
        set.found(one, partition);
        set.found(other, second);
        partition.move();

        set.remove(one);
        set.takeMoved();
        assertThat(set.candidates()).isEmpty();
        assertThat(partition.watchers()).isEmpty();

        set.close();
        set.found(one, partition);
        assertThat(second.watchers()).isEmpty();
        assertThat(partition.watchers()).isEmpty();
    }

    @Test
    void aFetchOfItsOwnWatchesNothingBeforeItWaits() {
        WatchSet own = WatchSet.ofFetch(List.of(one));
        own.found(one, partition);
        assertThat(partition.watchers()).isEmpty();

        own.beginWatching();
        own.found(one, partition);

        assertThat(partition.watchers()).hasSize(1);
        own.close();
        assertThat(partition.watchers()).isEmpty();
    }

    private static FetchedPartition fetched(int index) {
        return new FetchedPartition(new FetchedPartition.Key("t", Uuid.ZERO_UUID, index));
    }
}

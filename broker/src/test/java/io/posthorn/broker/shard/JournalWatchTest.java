package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.FakeStorage;
import io.posthorn.log.Bytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A shard that takes no more while an entry of the journal waits for the disk.
class JournalWatchTest {
    private static final int OTHER_MACHINE = 2;

    private final FakeStorage storage = new FakeStorage();
    private final ShardWorld world = new ShardWorld(storage, 0);

    @BeforeEach
    void declareAQueue() {
        world.declare("q");
    }

    @Test
    void aShardThatIsBehindTakesNoMoreUntilTheDiskHasCaughtUp() {
        publishThree();
        assertThat(storage.entries()).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            storage.sync();
            world.run();
        }
        assertThat(world.accepted).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aFailureOfTheJournalIsHeardByAShardThatWaitsForTheDisk() {
        publishThree();
        var status = world.askStatus("q");
        world.run();
        storage.failSync();
        world.run();
        assertThat(world.refused).containsExactly(1L, 2L, 3L);
        assertThat(status.isThere()).isTrue();
        boolean[] stopped = {false};
        world.shard().stop(() -> stopped[0] = true);
        world.run();
        assertThat(stopped[0]).isTrue();
    }

    @Test
    void aStopDoesNotWaitForTheDisk() {
        publishThree();
        boolean[] stopped = {false};
        world.shard().stop(() -> stopped[0] = true);
        world.run();
        assertThat(stopped[0]).isTrue();
        assertThat(storage.entries()).as("what came before is taken").isEqualTo(3);
        storage.sync();
        world.run();
        assertThat(world.accepted).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatWaitsIsTakenWhenTheDiskHasCaughtUpBeforeItIsKnownThatSomebodyWaits() {
        storage.append(OTHER_MACHINE, Bytes.utf8("something of another shard"), true);
        var status = world.askStatus("q");
        // The shard looks twice before it gives up, and then has nothing parked that could wait.
        storage.syncBehindLooks(2);
        world.run();
        storage.tellDurable();
        world.run();
        assertThat(status.isThere()).isTrue();
    }

    @Test
    void whatTheLastGoodSyncHasMadeDurableIsAccepted() {
        var unbounded = new ShardWorld(new FakeStorage());
        unbounded.declare("q");
        unbounded.publish("q", 3, true);
        unbounded.run();
        unbounded.storage().sync();
        unbounded.storage().failSync();
        unbounded.run();
        assertThat(unbounded.accepted).containsExactly(1L, 2L, 3L);
        assertThat(unbounded.status("q").ready()).isEqualTo(3);
    }

    @Test
    void whatCannotBeToldKeepsNobodyElseFromHearing() {
        world.shard().whenDrained(() -> {
            throw new IllegalStateException("this one has gone");
        });
        boolean[] told = {false};
        world.shard().whenDrained(() -> told[0] = true);
        world.run();
        assertThat(told[0]).isTrue();
    }

    private void publishThree() {
        for (int i = 0; i < 3; i++) {
            world.publish("q", 1, true);
        }
        world.run();
    }
}

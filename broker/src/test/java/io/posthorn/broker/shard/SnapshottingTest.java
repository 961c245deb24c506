package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogId;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.Recovery;
import io.posthorn.log.Snapshots.SnapshotWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A snapshot that counts has all of every queue in it.
class SnapshottingTest {
    private static final int MACHINE = 1;
    private static final int MESSAGES = 80_000;

    private ShardWorld world = new ShardWorld(new FakeStorage().syncsAtOnce());

    @Test
    void aQueueIsInASnapshotHoweverMuchIsKnownOfIt() {
        retryQueueWithManyWaiting();
        QueueStatus before = world.status("q");
        assertThat(before.unsettled()).isEqualTo(MESSAGES - 1_000);
        assertThat(before.ready()).isEqualTo(500);

        world.snapshot();
        world.run();
        assertThat(recovered().events).as("those before the snapshot").isZero();
        world = world.killAndStart();
        QueueStatus after = world.status("q");
        assertThat(after.unsettled()).isEqualTo(before.unsettled());
        assertThat(after.ready()).isEqualTo(before.ready());
    }

    /// Of the first 1000 messages each second one is settled, of the others each waits for a time of its own.
    private void retryQueueWithManyWaiting() {
        world.declare(
                "q", Map.of("x-queue-type", "quorum", "x-delayed-retry-type", "all", "x-delayed-retry-min", 1_000_000));
        world.publish("q", MESSAGES, true);
        world.run();
        LogId log = world.queue("q").log();
        var events = new ShardEventCodec();
        for (int i = 0; i < 1_000; i += 2) {
            events.write(new ShardEvent.Settled(log, range(i)));
        }
        long now = world.time().millis();
        for (int i = 1_000; i < MESSAGES; i++) {
            events.write(new ShardEvent.Waits(log, now, now + 1_000_000 + i, range(i)));
        }
        world.storage().append(MACHINE, events.take(), true);
        world = world.killAndStart();
    }

    private static OffsetRanges range(long offset) {
        var range = new OffsetRanges();
        range.add(offset, offset + 1);
        return range;
    }

    /// What a restart would find.
    private Found recovered() {
        var found = new Found();
        world.storage().recover(found);
        return found;
    }

    private static final class Found implements Recovery {
        final List<Bytes> chunks = new ArrayList<>();
        int events;

        @Override
        public void restore(int machine, Bytes chunk) {
            chunks.add(chunk);
        }

        @Override
        public void replay(int machine, Bytes event) {
            events++;
        }

        @Override
        public void batch(LogId log, long base, RecordBatch batch) {}
    }

    @Test
    void whatIsScatteredIsWrittenInPieces() {
        world.declare("q");
        for (int i = 0; i < 10_001; i++) {
            world.publish("q", 1, false);
            world.publish("q", 1, true);
            world.run();
        }
        world.snapshot();
        world.run();
        var pieces = new ArrayList<Integer>();
        for (Bytes chunk : recovered().chunks) {
            ShardEventCodec.read(chunk, event -> {
                if (event instanceof ShardEvent.Transient(LogId _, OffsetRanges ranges)) {
                    pieces.add(ranges.size());
                }
            });
        }
        assertThat(pieces).containsExactly(10_000, 1);
    }

    @Test
    void aSnapshotThatLacksSomethingIsGivenUpAndTheShardGoesOn() {
        world.declare("q");
        var consumer = world.consume("q", 0);
        world.run();
        var told = new ArrayList<String>();
        world.shard().submit(new Command.WriteSnapshot(new SnapshotWriter() {
            @Override
            public void chunk(int machine, Bytes chunk) {
                throw new IllegalArgumentException("too large");
            }

            @Override
            public void done(int machine) {
                told.add("done");
            }

            @Override
            public void failed(int machine) {
                told.add("failed");
            }
        }));
        world.publish("q", 1, true);
        world.run();
        assertThat(told).containsExactly("failed");
        assertThat(world.accepted).containsExactly(1L);
        assertThat(consumer.tookNow()).containsExactly("0");
    }
}

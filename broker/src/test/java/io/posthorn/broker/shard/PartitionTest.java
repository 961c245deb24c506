package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LivePartition;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.broker.topic.PartitionWatcher;
import io.posthorn.log.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A queue as a partition: batches go in as they are, and are read by their offsets.
class PartitionTest {
    private static final int MUCH = 1 << 20;

    private ShardWorld world = new ShardWorld(new FakeStorage());

    @ParameterizedTest
    @ValueSource(strings = {"classic", "stream"})
    void theOffsetAcknowledgedIsTheOffsetRead(String kind) {
        world.declare("q", Map.of("x-queue-type", kind));
        append(Produced.batch("a", "b"));
        assertThat(append(Produced.batch("c", "d", "e"))).isEqualTo(2);
        RecordBatch read = read(2).getFirst();
        assertThat(read.baseOffset()).isEqualTo(2);
        assertThat(Produced.values(read)).containsExactly("c", "d", "e");
        assertThat(read.checksum()).isEqualTo(Produced.batch("c", "d", "e").checksum());
    }

    @Test
    void whoAsksForDurabilityIsAnsweredWhenItIsDurableAndNobodySeesItBefore() {
        world.declare("q");
        var patient = world.append("q", Produced.batch("a"), true);
        var hasty = world.append("q", Produced.batch("b"), false);
        world.run();
        assertThat(patient.isThere()).isFalse();
        assertThat(hasty.get().baseOffset()).isEqualTo(1);
        assertThat(bounds()).isEqualTo(new PartitionBounds(0, 0, 0));
        assertThat(read(0)).isEmpty();
        assertThat(read(2)).isEmpty();
        sync();
        assertThat(patient.get().baseOffset()).isZero();
        assertThat(bounds()).isEqualTo(new PartitionBounds(0, 2, 2));
        assertThat(read(0)).hasSize(2);
    }

    @Test
    void aQueueThatARestartForgetsAnswersAtOnce() {
        world.declareNonDurable("q");
        var answer = world.append("q", Produced.batch("a"), true);
        world.run();
        assertThat(answer.get().baseOffset()).isZero();
        assertThat(read(0)).hasSize(1);
    }

    @Test
    void anOffsetInTheMiddleOfABatchFindsTheWholeBatch() {
        world.declare("q");
        append(Produced.batch("a", "b", "c"));
        append(Produced.batch("d"));
        assertThat(read(1)).extracting(RecordBatch::baseOffset).containsExactly(0L, 3L);
        assertThat(read(1, 1)).extracting(RecordBatch::baseOffset).containsExactly(0L);
    }

    @Test
    void anOffsetThatIsNotThereIsOutOfRange() {
        world.declare("q");
        append(Produced.batch("a", "b"));
        assertThat(read(2)).isEmpty();
        assertThatThrownBy(() -> read(3)).isInstanceOf(BrokerException.OffsetOutOfRange.class);
        assertThatThrownBy(() -> read(-1)).isInstanceOf(BrokerException.OffsetOutOfRange.class);
    }

    @Test
    void aWorkQueueBeginsWithWhatIsNotSettled() {
        world.declare("q");
        append(Produced.batch("a"));
        append(Produced.batch("b"));
        var taker = world.consume("q", 10);
        sync();
        assertThat(taker.tookNow()).containsExactly("a", "b");
        var first = new OffsetRanges();
        first.add(0, 1);
        world.settle("q", taker, Outcome.ACCEPTED, first);
        world.run();
        assertThat(bounds().start()).isEqualTo(1);
        assertThatThrownBy(() -> read(0)).isInstanceOf(BrokerException.OffsetOutOfRange.class);
        assertThat(read(1)).hasSize(1);
    }

    @Test
    void whoWatchesHearsWhatBecomesDurableAndThatThePartitionIsGone() {
        world.declare("q");
        var heard = new ArrayList<PartitionBounds>();
        PartitionWatcher watcher = partition -> heard.add(partition.bounds());
        partition().watch(watcher);
        partition().watch(watcher);
        world.append("q", Produced.batch("a"), true);
        world.run();
        assertThat(heard).isEmpty();
        sync();
        assertThat(heard).containsExactly(new PartitionBounds(0, 1, 1));
        partition().unwatch(watcher);
        append(Produced.batch("b"));
        assertThat(heard).hasSize(1);
        partition().watch(watcher);
        world.drop("q");
        world.run();
        assertThat(heard).hasSize(2);
        assertThat(partition().isDeleted()).isTrue();
    }

    @Test
    void aWatcherThatFailsHarmsNobody() {
        world.declare("q");
        var heard = new ArrayList<PartitionBounds>();
        partition().watch(_ -> {
            throw new IllegalStateException("a watcher fails on purpose");
        });
        partition().watch(partition -> heard.add(partition.bounds()));
        append(Produced.batch("a"));
        append(Produced.batch("b"));
        assertThat(heard).containsExactly(new PartitionBounds(0, 1, 1), new PartitionBounds(0, 2, 2));
    }

    @Test
    void whatIsColdIsReadWhereWaitingIsAllowed() {
        world.declare("q");
        append(Produced.batch("a"));
        world.storage().makeCold();
        assertThat(live().readTail(0, MUCH, Isolation.READ_UNCOMMITTED)).isNull();
        try (PartitionSlice slice = live().read(0, MUCH, Isolation.READ_UNCOMMITTED)) {
            assertThat(slice.batches()).hasSize(1);
            assertThat(slice.sizeInBytes()).isEqualTo(slice.batches().getFirst().sizeInBytes());
        }
    }

    @Test
    void aFullMailboxTakesNoMoreAndAFullDiskIsToldAsSuch() {
        world.declare("q");
        String much = "x".repeat(1_000);
        int taken = 0;
        while (world.offers("q", Produced.batch(much))) {
            taken++;
        }
        assertThat(taken).isPositive();
        world.run();
        assertThat(world.offers("q", Produced.batch(much))).isTrue();
        world.storage().setFull(true);
        var answer = world.append("q", Produced.batch("a"), true);
        world.run();
        assertThat(answer.failure()).isInstanceOf(BrokerException.StorageFull.class);
    }

    @Test
    void aPartitionThatIsOutOfOrderTakesNothingAndShowsWhatItHas() {
        world.declare("q", Map.of("x-queue-type", "stream"));
        append(Produced.batch("a"));
        world.storage().broken.add(world.queue("q").log());
        var settings = ConsumerSettings.of(new Arguments(Map.of("x-stream-offset", "first")), "q", "stream");
        world.consume("q", 10, settings);
        world.run();
        var answer = world.append("q", Produced.batch("b"), true);
        world.run();
        assertThat(answer.failure()).isInstanceOf(BrokerException.StorageFailed.class);
        assertThat(partition().isDeleted()).isFalse();
        world.storage().broken.clear();
        assertThat(read(0)).hasSize(1);
        assertThat(bounds()).isEqualTo(new PartitionBounds(0, 1, 1));
    }

    @Test
    void whatFailsBeforeItIsDurableIsNotAcknowledged() {
        world.declare("q");
        var answer = world.append("q", Produced.batch("a"), true);
        world.run();
        world.storage().failSync();
        world.run();
        assertThat(answer.failure()).isInstanceOf(BrokerException.StorageFailed.class);
        assertThat(bounds().highWatermark()).isZero();
    }

    private long append(RecordBatch batch) {
        var answer = world.append("q", batch, true);
        sync();
        return answer.get().baseOffset();
    }

    private void sync() {
        world.run();
        world.storage().sync();
        world.run();
    }

    private Partition partition() {
        return world.queue("q");
    }

    private LivePartition live() {
        return Objects.requireNonNull(world.queue("q").live());
    }

    private PartitionBounds bounds() {
        return partition().bounds();
    }

    private List<RecordBatch> read(long offset) {
        return read(offset, MUCH);
    }

    private List<RecordBatch> read(long offset, int maxBytes) {
        try (PartitionSlice slice = live().readTail(offset, maxBytes, Isolation.READ_UNCOMMITTED)) {
            return Objects.requireNonNull(slice).batches();
        }
    }
}

package io.posthorn.protocol.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Timer;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.protocol.kafka.FakePartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ReadAheadsTest {
    private static final int SIZE = 1024 * 1024;

    private final Queue<Runnable> timers = new ArrayDeque<>();
    private final Timer timer = (_, task) -> timers.add(task);
    private final Queue<Runnable> disk = new ArrayDeque<>();
    private final ReadAheadBudget budget = new ReadAheadBudget(3L * SIZE);
    private final ReadAheads ahead = new ReadAheads(timer, disk::add, budget);
    private final List<FakeSlice> read = new ArrayList<>();

    @Test
    void whatWasReadIsThereForWhoGoesOn() {
        var partition = new FakePartition();
        begin(partition, 100);
        ReadAhead extent = find(partition, 100);
        assertThat(extent.isRead()).isFalse();

        runDisk();

        assertThat(extent.isRead()).isTrue();
        assertThat(extent.found()).isSameAs(read.getFirst());
        ahead.take(partition);
        assertThat(budget.left()).isEqualTo(3L * SIZE);
        assertThat(read.getFirst().isClosed).isFalse();
        assertThat(ahead.find(partition, 100, Isolation.READ_UNCOMMITTED)).isNull();
    }

    @Test
    void whoGoesElsewhereGetsNothingThatWasReadForHim() {
        var partition = new FakePartition();
        begin(partition, 100);
        runDisk();

        assertThat(ahead.find(partition, 50, Isolation.READ_UNCOMMITTED)).isNull();

        assertGivenUp();
        begin(partition, 100);
        assertThat(ahead.find(partition, 100, Isolation.READ_COMMITTED)).isNull();
    }

    @Test
    void whatIsStillBeingReadIsGivenUpWhenItIsThere() {
        var partition = new FakePartition();
        begin(partition, 100);
        ahead.drop(partition);
        assertThat(budget.left()).isEqualTo(2L * SIZE);

        runDisk();

        assertGivenUp();
    }

    @Test
    void withoutMemoryNothingIsReadAhead() {
        var others = new ReadAheads(timer, disk::add, budget);
        for (int i = 0; i < 3; i++) {
            others.begin(new FakePartition(), 0, Isolation.READ_UNCOMMITTED, SIZE, () -> slice(SIZE));
        }
        var partition = new FakePartition();

        assertThat(begin(partition, 0)).isFalse();

        assertThat(ahead.find(partition, 0, Isolation.READ_UNCOMMITTED)).isNull();
        others.close();
        runDisk();
        assertThat(budget.left()).isEqualTo(3L * SIZE);
        assertThat(begin(partition, 0)).isTrue();
    }

    @Test
    void oneConnectionDoesNotTakeAll() {
        var plenty = new ReadAheadBudget(100L * SIZE);
        var one = new ReadAheads(timer, disk::add, plenty);
        boolean hasRoom = true;
        for (int i = 0; hasRoom; i++) {
            hasRoom = one.begin(new FakePartition(), i, Isolation.READ_UNCOMMITTED, SIZE, () -> slice(SIZE));
        }
        assertThat(plenty.left()).isEqualTo(96L * SIZE);
    }

    @Test
    void aBatchThatIsLargerThanWasAskedForCountsAsWhatItIs() {
        var partition = new FakePartition();
        ahead.begin(partition, 0, Isolation.READ_UNCOMMITTED, SIZE, () -> slice(5 * SIZE));
        runDisk();
        assertThat(budget.left()).isEqualTo(-2L * SIZE);

        ahead.take(partition);

        assertThat(budget.left()).isEqualTo(3L * SIZE);
    }

    @Test
    void whatNobodyAsksForIsGivenUpInTime() {
        begin(new FakePartition(), 0);
        runDisk();
        timers.remove().run();
        assertThat(budget.left()).isEqualTo(2L * SIZE);

        timers.remove().run();

        assertGivenUp();
        assertThat(timers).isEmpty();
    }

    @Test
    void nothingIsLeftWhenTheConnectionEnds() {
        begin(new FakePartition(), 0);
        runDisk();
        begin(new FakePartition(), 0);

        ahead.close();
        runDisk();

        assertGivenUp();
        assertThat(begin(new FakePartition(), 0)).isFalse();
    }

    @Test
    void whatCannotBeReadIsReadAgainByWhoAsksForIt() {
        var partition = new FakePartition();
        ahead.begin(partition, 0, Isolation.READ_UNCOMMITTED, SIZE, () -> {
            throw new BrokerException.StorageFailed("broken");
        });
        runDisk();
        assertThat(find(partition, 0).found()).isNull();

        ahead.drop(partition);

        assertThat(budget.left()).isEqualTo(3L * SIZE);
    }

    private boolean begin(Partition partition, long offset) {
        return ahead.begin(partition, offset, Isolation.READ_UNCOMMITTED, SIZE, () -> slice(SIZE));
    }

    private ReadAhead find(Partition partition, long offset) {
        return Objects.requireNonNull(ahead.find(partition, offset, Isolation.READ_UNCOMMITTED));
    }

    private FakeSlice slice(int size) {
        var slice = new FakeSlice(size);
        read.add(slice);
        return slice;
    }

    private void runDisk() {
        while (!disk.isEmpty()) {
            disk.remove().run();
        }
    }

    private void assertGivenUp() {
        assertThat(budget.left()).isEqualTo(3L * SIZE);
        assertThat(read).isNotEmpty().allMatch(slice -> slice.isClosed);
    }

    private static final class FakeSlice implements FoundRecords {
        private final int size;
        private boolean isClosed;

        private FakeSlice(int size) {
            this.size = size;
        }

        @Override
        public int count() {
            return 0;
        }

        @Override
        public long nextOffset() {
            return 0;
        }

        @Override
        public void forEach(Place place) {}

        @Override
        public int sizeInBytes() {
            return size;
        }

        @Override
        public int held() {
            return size;
        }

        @Override
        public PartitionBounds bounds() {
            return PartitionBounds.NONE;
        }

        @Override
        public void close() {
            assertThat(isClosed).isFalse();
            isClosed = true;
        }
    }
}

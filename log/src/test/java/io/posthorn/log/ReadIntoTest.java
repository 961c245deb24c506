package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is read into memory of the reader's own is what anybody reads.
class ReadIntoTest {
    private static final LogId ORDERS = new LogId(1);
    private static final LogId INVOICES = new LogId(2);

    /// Nothing is rolled over.
    private static final StorageOptions BIG_JOURNAL =
            new StorageOptions(1 << 20, 1 << 20, 8, 1 << 20, 8 << 10, 64 << 10, 0);

    private final World world = new World();

    /// Memory that remembers what was taken of it.
    private static final class Memory implements ReadMemory {
        private final List<ByteBuffer> taken = new ArrayList<>();

        @Override
        public ByteBuffer room(int bytes) {
            taken.add(ByteBuffer.allocateDirect(bytes));
            return taken.getLast();
        }
    }

    @Test
    void everyBatchIsTheOneThatEverybodyReads() {
        JournaledStorage storage = world.open();
        Log orders = storage.open(ORDERS);
        Log invoices = storage.open(INVOICES);
        var random = new Random(5);
        for (int i = 0; i < 600; i++) {
            orders.append(Batches.of("order " + i, "x".repeat(random.nextInt(3_000))), true);
            if (random.nextInt(4) == 0) {
                invoices.append(Batches.of("invoice " + i), true);
            }
        }
        assertThat(world.count(SegmentStore.Kind.DATA)).isPositive();

        // From closed data, from the journal among others, and, where it is in memory, not at all.
        assertThat(offsetsReadInto(orders, 5_000)).isGreaterThan(400);
        assertThat(offsetsReadInto(invoices, 700)).isGreaterThan(50);
        assertThat(offsetsReadInto(orders, 1)).isGreaterThan(400);
    }

    /// @return how many batches did not lie in memory
    private static int offsetsReadInto(Log log, int maxBytes) {
        int count = 0;
        for (long next = 0; next < log.bounds().end(); ) {
            var memory = new Memory();
            ReadBatches found = log.readInto(next, maxBytes, memory);
            try (LogSlice slice = log.read(next, maxBytes)) {
                if (found == null) {
                    next = slice.batches().getLast().lastOffset() + 1;
                    continue;
                }
                ByteBuffer bytes = memory.taken.getFirst();
                assertThat(memory.taken).hasSize(1);
                assertThat(found.count())
                        .isPositive()
                        .isLessThanOrEqualTo(slice.batches().size());
                int size = 0;
                for (int i = 0; i < found.count(); i++) {
                    RecordBatch batch = slice.batches().get(i);
                    var copy = new byte[found.length(i)];
                    bytes.get(found.start(i), copy);
                    assertThat(copy).isEqualTo(batch.bytes().toByteArray());
                    size += copy.length;
                    next = batch.lastOffset() + 1;
                }
                assertThat(found.sizeInBytes()).isEqualTo(size);
                assertThat(found.nextOffset()).isEqualTo(next);
                count += found.count();
            }
        }
        return count;
    }

    @Test
    void ofABatchThatSeveralLogsHaveEachReadsItsOwn() {
        JournaledStorage storage = new World(BIG_JOURNAL).open();
        Log orders = storage.open(ORDERS);
        Log invoices = storage.open(INVOICES);
        invoices.append(Batches.of("only", "here"), true);
        for (int i = 0; i < 200; i++) {
            storage.appendAll(List.of(orders, invoices), Batches.of("both " + i, "x".repeat(1_000)), true);
        }

        assertThat(offsetsReadInto(orders, 5_000)).isGreaterThan(180);
        assertThat(offsetsReadInto(invoices, 5_000)).isGreaterThan(180);
    }

    @Test
    void whatIsDamagedIsLeftToWhoSaysSo() {
        JournaledStorage storage = world.open();
        Log orders = storage.open(ORDERS);
        for (int i = 0; i < 400; i++) {
            orders.append(Batches.of("order " + i + "x".repeat(100)), true);
        }
        ReadBatches whole = Objects.requireNonNull(readFirst(orders));
        var first = world.store.list().stream()
                .filter(info -> info.kind() == SegmentStore.Kind.DATA)
                .toList()
                .getFirst()
                .id();
        // In the third batch's records, and then in the first one's frame.
        long begin = world.store.addresses(first).getFirst();
        world.store.damage(first, begin + whole.start(2) + 80);
        ReadBatches some = Objects.requireNonNull(readFirst(orders));
        assertThat(some.count()).isEqualTo(2);
        world.store.damage(first, begin + 13);

        assertThat(readFirst(orders)).isNull();
        assertThat(storage.health().damagedRanges()).isZero();
    }

    @Test
    void whatCannotBeReadNowIsNeitherDamagedNorGone() {
        JournaledStorage storage = world.open();
        Log orders = storage.open(ORDERS);
        for (int i = 0; i < 400; i++) {
            orders.append(Batches.of("order " + i + "x".repeat(100)), true);
        }
        world.store.setUnreadable(true);
        assertThat(readFirst(orders)).isNull();
        assertThatThrownBy(() -> orders.read(0, 1 << 20)).isInstanceOf(LogException.Unreadable.class);
        // A roll-over meanwhile leaves nothing behind.
        for (int i = 400; i < 500; i++) {
            orders.append(Batches.of("order " + i + "x".repeat(100)), true);
        }

        world.store.setUnreadable(false);
        storage.health();
        assertThat(Batches.readAll(orders, 0)).hasSize(500);
        assertThat(storage.health().damagedRanges()).isZero();
    }

    private static @Nullable ReadBatches readFirst(Log log) {
        return log.readInto(0, 1 << 20, new Memory());
    }

    @Test
    void withoutMemoryNothingIsRead() {
        Log orders = world.open().open(ORDERS);
        for (int i = 0; i < 400; i++) {
            orders.append(Batches.of("order " + i + "x".repeat(100)), true);
        }

        assertThat(orders.readInto(0, 1 << 20, _ -> null)).isNull();
    }

    @Test
    void whoSeesLessGetsLess() {
        Log orders = world.open().open(ORDERS);
        for (int i = 0; i < 400; i++) {
            orders.append(Batches.of("a" + i, "b" + i), true);
        }
        var found = Objects.requireNonNull(readFirst(orders));
        assertThat(found.nextOffset()).isGreaterThan(20);

        found.endBefore(11);

        assertThat(found.count()).isEqualTo(6);
        assertThat(found.nextOffset()).isEqualTo(12);
        found.endBefore(0);
        assertThat(found.count()).isZero();
        assertThat(found.sizeInBytes()).isZero();
    }
}

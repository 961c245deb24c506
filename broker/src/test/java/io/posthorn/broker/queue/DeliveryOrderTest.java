package io.posthorn.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Orders of many messages, against sorted sets; histories of whole queues are in `QueueModelTest`.
class DeliveryOrderTest {
    private record Entry(long offset, int priority) {}

    private static Comparator<Entry> comparator(boolean lifo) {
        Comparator<Entry> byPriority = Comparator.comparingInt(entry -> -entry.priority());
        Comparator<Entry> byOffset = Comparator.comparingLong(Entry::offset);
        return byPriority.thenComparing(lifo ? byOffset.reversed() : byOffset);
    }

    private static QueueSettings settings(int maxPriority, boolean lifo) {
        return QueueSettings.of(
                new Arguments(Map.of("x-max-priority", maxPriority, "x-delivery-order", lifo ? "lifo" : "fifo")));
    }

    private static DeliveryOrder order(QueueSettings settings, QueueState state, long end) {
        MessageTable messages = settings.looksAtMessages() ? state.completeMessages(end) : null;
        return DeliveryOrder.of(settings, state, messages);
    }

    @ParameterizedTest
    @CsvSource({"255, false", "255, true", "1, false", "9, true", "0, true", "0, false"})
    void goesThroughThousandsOfMessagesAsSortedSetsDo(int maxPriority, boolean lifo) {
        QueueSettings settings = settings(maxPriority, lifo);
        for (int seed = 0; seed < 20; seed++) {
            new History(settings, seed).run();
        }
    }

    /// Messages come, are taken, given back and settled, in growing and in shrinking crowds, with restarts.
    private static final class History {
        private final QueueSettings settings;
        private final SplittableRandom random;
        private final TreeSet<Entry> ready;
        private final List<Entry> taken = new ArrayList<>();
        private QueueState state = new QueueState();
        private DeliveryOrder order;
        private long end;

        History(QueueSettings settings, long seed) {
            this.settings = settings;
            this.random = new SplittableRandom(seed);
            this.ready = new TreeSet<>(comparator(settings.lifo()));
            this.order = order(settings, state, 0);
        }

        void run() {
            for (int i = 0; i < 400; i++) {
                boolean growing = i % 200 < 90;
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        if (growing) {
                            come(random.nextInt(1, 120));
                        }
                    }
                    case 2 -> take(random.nextInt(1, growing ? 60 : 200));
                    case 3 -> settle(random.nextInt(1, growing ? 40 : 200));
                    case 4 -> giveBack(random.nextInt(1, 30));
                    default -> {
                        if (random.nextInt(8) == 0) {
                            restart();
                        } else if (random.nextInt(20) == 0) {
                            purge();
                        }
                    }
                }
                assertThat(order.ready(end)).isEqualTo(ready.size());
                assertThat(order.next(end))
                        .isEqualTo(
                                ready.isEmpty() ? OffsetSet.NONE : ready.first().offset());
                checkUpcoming();
            }
        }

        private void checkUpcoming() {
            if (settings.lifo() || settings.maxPriority() > 0) {
                var offsets = new long[50];
                int count = order.upcoming(end, offsets);
                assertThat(Arrays.copyOf(offsets, count))
                        .containsExactly(ready.stream()
                                .limit(50)
                                .mapToLong(Entry::offset)
                                .toArray());
            }
        }

        private void come(int count) {
            var runs = new MessageRuns();
            for (int i = 0; i < count; i++) {
                int priority = settings.maxPriority() == 0 ? 0 : random.nextInt(settings.maxPriority() + 1);
                runs.add(end, 1, priority, random.nextInt(100_000));
                ready.add(new Entry(end++, priority));
            }
            if (settings.looksAtMessages()) {
                state.learn(runs);
            }
        }

        private void take(int count) {
            for (int i = 0; i < count && !ready.isEmpty(); i++) {
                Entry first = ready.removeFirst();
                assertThat(order.next(end)).isEqualTo(first.offset());
                order.take(first.offset());
                taken.add(first);
            }
        }

        private void settle(int count) {
            for (int i = 0; i < count && !taken.isEmpty(); i++) {
                Entry one = taken.remove(random.nextInt(taken.size()));
                state.settle(one.offset(), one.offset() + 1);
            }
        }

        private void giveBack(int count) {
            for (int i = 0; i < count && !taken.isEmpty(); i++) {
                Entry one = taken.remove(random.nextInt(taken.size()));
                order.giveBack(one.offset(), one.offset() + 1);
                ready.add(one);
            }
        }

        private void purge() {
            var ranges = new OffsetRanges();
            order.takeAll(end, ranges);
            long count = 0;
            for (int i = 0; i < ranges.size(); i++) {
                state.settle(ranges.from(i), ranges.to(i));
                count += ranges.to(i) - ranges.from(i);
            }
            assertThat(count).isEqualTo(ready.size());
            ready.clear();
        }

        /// As a snapshot writes it, in pieces, while more messages come behind.
        private void restart() {
            var next = new QueueState();
            next.settlements().advance(state.settlements().before());
            var ranges = new OffsetRanges();
            for (long from = state.settlements().above().first();
                    from != OffsetSet.NONE;
                    from = state.settlements().above().firstFrom(ranges.to(ranges.size() - 1))) {
                ranges.add(from, state.settlements().above().firstAbsentFrom(from));
            }
            for (int i = 0; i < ranges.size(); i++) {
                next.settle(ranges.from(i), ranges.to(i));
            }
            MessageTable messages = state.messages();
            if (messages != null) {
                long later = random.nextLong(end + 1);
                describe(messages, later, next);
                describe(messages, 0, next);
            }
            state = next;
            order = order(settings, state, end);
            ready.addAll(taken);
            taken.clear();
        }

        private static void describe(MessageTable messages, long start, QueueState target) {
            for (long from = start; from != OffsetSet.NONE; ) {
                var runs = new MessageRuns();
                from = messages.collect(from, 40, runs);
                target.learn(runs);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"255, false", "255, true", "0, true"})
    void aMillionMessagesTakeNoMoreThan16BytesOfHeapEach(int maxPriority, boolean lifo) {
        var crowd = new Crowd(settings(maxPriority, lifo));
        long with = usedHeap();
        crowd.checkWhole();
        crowd = null;
        assertThat(with - usedHeap()).isLessThan(16L * Crowd.COUNT);
    }

    /// Half of the messages were taken, and every third of those came back, which is the worst for the structures.
    private static final class Crowd {
        static final int COUNT = 1_000_000;

        private final QueueSettings settings;
        private final SplittableRandom random = new SplittableRandom(1);
        private final QueueState state = new QueueState();
        private final OffsetSet held = new OffsetSet();
        private final DeliveryOrder order;

        Crowd(QueueSettings settings) {
            this.settings = settings;
            fill();
            order = order(settings, state, COUNT);
            for (int i = 0; i < COUNT / 2; i++) {
                long offset = order.next(COUNT);
                order.take(offset);
                held.add(offset);
            }
            for (long offset = held.first(); offset != OffsetSet.NONE; offset = held.firstFrom(offset + 1)) {
                if (random.nextInt(3) == 0) {
                    held.remove(offset);
                    order.giveBack(offset, offset + 1);
                    state.redeliveries().add(offset, offset + 1);
                }
            }
        }

        private void fill() {
            for (int offset = 0; offset < COUNT && settings.looksAtMessages(); offset++) {
                var runs = new MessageRuns();
                runs.add(offset, 1, random.nextInt(settings.maxPriority() + 1), 0);
                state.learn(runs);
            }
        }

        void checkWhole() {
            assertThat(order.ready(COUNT) + held.cardinality()).isEqualTo(COUNT);
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}

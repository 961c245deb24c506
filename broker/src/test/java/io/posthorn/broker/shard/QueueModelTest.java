package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.OffsetRanges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// One queue against the simplest model of it: sorted sets of what is ready and what is held.
class QueueModelTest {
    /// Rare orders of events take many histories: `-Dposthorn.histories=200000` looks further.
    private static final int HISTORIES = Integer.getInteger("posthorn.histories", 4_000);

    /// In which order messages are to come.
    private enum Order {
        FIFO,
        LIFO,
        PRIORITY,
        LIFO_IN_PRIORITY,
        FEW_PRIORITIES;

        Arguments arguments() {
            return switch (this) {
                case FIFO -> Arguments.NONE;
                case LIFO -> new Arguments(Map.of("x-delivery-order", "lifo"));
                case PRIORITY -> new Arguments(Map.of("x-max-priority", 255));
                case LIFO_IN_PRIORITY -> new Arguments(Map.of("x-max-priority", 255, "x-delivery-order", "lifo"));
                case FEW_PRIORITIES -> new Arguments(Map.of("x-max-priority", 2));
            };
        }

        Comparator<Ready> comparator() {
            Comparator<Ready> byOffset = Comparator.comparingLong(Ready::offset);
            return switch (this) {
                case FIFO -> byOffset;
                case LIFO -> byOffset.reversed();
                case PRIORITY -> byPriority(255).thenComparing(byOffset);
                case LIFO_IN_PRIORITY -> byPriority(255).thenComparing(byOffset.reversed());
                case FEW_PRIORITIES -> byPriority(2).thenComparing(byOffset);
            };
        }
    }

    private static Comparator<Ready> byPriority(int most) {
        return Comparator.comparingInt(message -> -Math.min(message.priority(), most));
    }

    /// A message that nobody holds.
    private record Ready(long offset, int priority) {}

    @Test
    void everyHistoryOfAQueueIsThatOfASortedSet() {
        Order[] orders = Order.values();
        for (int seed = 0; seed < HISTORIES; seed++) {
            Order order = orders[seed % orders.length];
            try {
                new History(order, seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("history " + seed + ", " + order, e);
            }
        }
    }

    private static final class History {
        private final Order order;
        private final SplittableRandom random;
        private ShardWorld world = new ShardWorld(new FakeStorage());
        private final List<Held> held = new ArrayList<>();

        /// Offsets in the queue that nobody holds, by what the disk has.
        private final TreeSet<Ready> ready;

        private final TreeSet<Long> delivered = new TreeSet<>();
        private final List<Ready> notDurable = new ArrayList<>();
        private final List<Ready> transients = new ArrayList<>();
        private long next;

        private record Held(Taker taker, Ready message) {}

        History(Order order, long seed) {
            this.order = order;
            random = new SplittableRandom(seed);
            ready = new TreeSet<>(order.comparator());
        }

        void run() {
            world.declare("q", order.arguments());
            for (int i = 0; i < 150; i++) {
                step();
                world.run();
                checkDeliveries();
                if (notDurable.isEmpty()) {
                    assertThat(world.status("q").ready()).isEqualTo(ready.size());
                    assertThat(world.status("q").unsettled()).isEqualTo(held.size());
                }
            }
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> publish();
                case 3, 4 -> sync();
                case 5 -> get();
                case 6, 7, 8 -> settle();
                case 9 -> {
                    world.consume("q", random.nextInt(1, 5));
                    world.run();
                    checkDeliveries();
                    sync();
                }
                case 10 -> closeOne();
                case 11 -> purge();
                case 12 -> {
                    if (random.nextInt(2) == 0) {
                        world.snapshot();
                    }
                }
                default -> {
                    if (random.nextInt(3) == 0) {
                        restart();
                    }
                }
            }
        }

        private void publish() {
            int count = random.nextInt(1, 6);
            boolean persistent = random.nextInt(4) > 0;
            int[] priorities =
                    random.ints(count, 0, random.nextBoolean() ? 5 : 256).toArray();
            world.publish("q", persistent, priorities);
            boolean behind = !notDurable.isEmpty() || persistent;
            for (int priority : priorities) {
                var message = new Ready(next++, priority);
                (behind ? notDurable : ready).add(message);
                if (!persistent) {
                    transients.add(message);
                }
            }
        }

        private void sync() {
            world.storage().sync();
            ready.addAll(notDurable);
            notDurable.clear();
        }

        private void get() {
            sync();
            world.run();
            checkDeliveries();
            var got = world.get("q");
            world.run();
            sync();
            world.run();
            if (ready.isEmpty()) {
                assertThat(got.answer()).isEmpty();
            } else {
                Delivery delivery = got.answer().orElseThrow();
                take(got.taker(), delivery);
                assertThat(delivery.remaining()).isEqualTo(ready.size());
            }
        }

        private void checkDeliveries() {
            for (ShardWorld.Arrival arrival : world.takeArrived()) {
                take(arrival.taker(), arrival.delivery());
            }
            for (Taker taker : world.takers()) {
                assertThat(taker.prefetch() == 0
                                || held.stream().filter(h -> h.taker() == taker).count() <= taker.prefetch())
                        .isTrue();
            }
        }

        private void take(Taker taker, Delivery delivery) {
            Ready first = ready.removeFirst();
            assertThat(delivery.deliveryId()).isEqualTo(first.offset());
            assertThat(delivery.message().priority()).isEqualTo(first.priority());
            if (delivered.contains(delivery.deliveryId())) {
                assertThat(delivery.redelivered()).isTrue();
            }
            delivered.add(delivery.deliveryId());
            held.add(new Held(taker, first));
        }

        private void settle() {
            if (!held.isEmpty()) {
                Held one = held.remove(random.nextInt(held.size()));
                Outcome outcome = List.of(Outcome.values()).get(random.nextInt(4));
                var ranges = new OffsetRanges();
                ranges.add(one.message().offset(), one.message().offset() + 1);
                world.settle("q", one.taker(), outcome, ranges);
                if (outcome.comesBack()) {
                    ready.add(one.message());
                }
            }
        }

        private void closeOne() {
            if (!world.takers().isEmpty()) {
                var taker = world.takers().get(random.nextInt(world.takers().size()));
                world.close("q", taker);
                held.removeIf(h -> h.taker() == taker && ready.add(h.message()));
            }
        }

        private void purge() {
            sync();
            world.run();
            checkDeliveries();
            assertThat(world.purge("q")).isEqualTo(ready.size());
            ready.clear();
        }

        /// A clean stop, a kill, or the loss of everything that was not durable.
        private void restart() {
            int how = random.nextInt(3);
            if (how == 0) {
                sync();
                world.run();
                checkDeliveries();
                world = world.stopAndStart();
            } else if (how == 1) {
                ready.addAll(notDurable);
                world = world.killAndStart();
            } else {
                sync();
                world.run();
                checkDeliveries();
                world = world.crashAndStart();
            }
            notDurable.clear();
            held.forEach(h -> ready.add(h.message()));
            held.clear();
            transients.forEach(ready::remove);
            transients.clear();
            if (random.nextBoolean()) {
                world.storage().makeCold();
            }
            assertThat(world.status("q").ready()).isEqualTo(ready.size());
        }
    }
}

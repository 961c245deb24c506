package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Delivery;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.OffsetRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// One queue against the simplest model of it: sorted sets of what is ready and what is held.
class QueueModelTest {
    /// Rare orders of events take many histories: `-Dposthorn.histories=200000` looks further.
    private static final int HISTORIES = Integer.getInteger("posthorn.histories", 4_000);

    @Test
    void everyHistoryOfAQueueIsThatOfASortedSet() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            try {
                new History(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("history " + seed, e);
            }
        }
    }

    private static final class History {
        private final SplittableRandom random;
        private ShardWorld world = new ShardWorld(new FakeStorage());
        private final List<Held> held = new ArrayList<>();

        /// Offsets in the queue that nobody holds, by what the disk has.
        private final TreeSet<Long> ready = new TreeSet<>();

        private final TreeSet<Long> delivered = new TreeSet<>();
        private final TreeSet<Long> notDurable = new TreeSet<>();
        private final TreeSet<Long> transients = new TreeSet<>();
        private long next;

        private record Held(ShardWorld.Taker taker, long offset) {}

        History(long seed) {
            random = new SplittableRandom(seed);
        }

        void run() {
            world.declare("q");
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
            world.publish("q", count, persistent);
            boolean behind = !notDurable.isEmpty() || persistent;
            for (int i = 0; i < count; i++) {
                (behind ? notDurable : ready).add(next);
                if (!persistent) {
                    transients.add(next);
                }
                next++;
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
            for (ShardWorld.Taker taker : world.takers()) {
                assertThat(taker.prefetch() == 0
                                || held.stream().filter(h -> h.taker() == taker).count() <= taker.prefetch())
                        .isTrue();
            }
        }

        private void take(ShardWorld.Taker taker, Delivery delivery) {
            assertThat(delivery.deliveryId()).isEqualTo(ready.first());
            assertThat(ready.remove(delivery.deliveryId())).isTrue();
            if (delivered.contains(delivery.deliveryId())) {
                assertThat(delivery.redelivered()).isTrue();
            }
            delivered.add(delivery.deliveryId());
            held.add(new Held(taker, delivery.deliveryId()));
        }

        private void settle() {
            if (!held.isEmpty()) {
                Held one = held.remove(random.nextInt(held.size()));
                Outcome outcome = List.of(Outcome.values()).get(random.nextInt(3));
                var ranges = new OffsetRanges();
                ranges.add(one.offset(), one.offset() + 1);
                world.settle("q", one.taker(), outcome, ranges);
                if (outcome == Outcome.RELEASED) {
                    ready.add(one.offset());
                }
            }
        }

        private void closeOne() {
            if (!world.takers().isEmpty()) {
                var taker = world.takers().get(random.nextInt(world.takers().size()));
                world.close("q", taker);
                held.removeIf(h -> h.taker() == taker && ready.add(h.offset()));
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
            held.forEach(h -> ready.add(h.offset()));
            held.clear();
            ready.removeAll(transients);
            transients.clear();
            assertThat(world.status("q").ready()).isEqualTo(ready.size());
        }
    }
}

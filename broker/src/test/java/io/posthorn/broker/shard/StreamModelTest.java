package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.queue.OffsetRanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// One stream and its consumers against the simplest model of them: a list of bodies, and a place in it for each.
class StreamModelTest {
    private static final int HISTORIES = Integer.getInteger("posthorn.histories", 2_000);

    @Test
    void everyHistoryOfAStreamIsThatOfAListWithAPlaceForEachReader() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            try {
                new History(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("history " + seed, e);
            }
        }
    }

    /// What the model knows of one consumer.
    private static final class Reader {
        final Taker taker;
        final List<Long> held = new ArrayList<>();
        long next;

        Reader(Taker taker, long next) {
            this.taker = taker;
            this.next = next;
        }
    }

    private static final class History {
        private final SplittableRandom random;
        private ShardWorld world = new ShardWorld(new FakeStorage());

        /// What was ever published and not lost; the index is the offset.
        private final List<String> bodies = new ArrayList<>();

        private final List<Reader> readers = new ArrayList<>();
        private int durable;
        private int bodiesMade;
        private long start;

        History(long seed) {
            random = new SplittableRandom(seed);
        }

        void run() {
            Map<String, @Nullable Object> arguments = new HashMap<>();
            arguments.put("x-queue-type", "stream");
            switch (random.nextInt(3)) {
                case 0 -> arguments.put("x-max-length-bytes", random.nextInt(500, 5_000));
                case 1 -> arguments.put("x-max-age", random.nextInt(1, 100) + "s");
                default -> {}
            }
            world.declare("q", arguments);
            if (random.nextInt(3) == 0) {
                world.storage().makeCold();
            }
            for (int i = 0; i < 120; i++) {
                step();
                world.run();
                check();
            }
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1, 2, 3 -> publish();
                case 4, 5 -> sync();
                case 6, 7, 8 -> settle();
                case 9 -> consume();
                case 10 -> world.time().pass(random.nextInt(20_000));
                case 11 -> closeOne();
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
            int count = random.nextInt(1, 8);
            world.publish("q", count, random.nextBoolean());
            world.run();
            for (int i = 0; i < count; i++) {
                bodies.add("" + bodiesMade++);
            }
        }

        private void sync() {
            world.storage().sync();
            durable = bodies.size();
        }

        private void consume() {
            // What is kept is known for certain when everything is durable.
            sync();
            world.run();
            check();
            long offset = random.nextLong(bodies.size() + 3L);
            int how = random.nextInt(4);
            Object begin = how == 3
                    ? (Object) offset
                    : List.of("first", "last", "next").get(how);
            long next = switch (how) {
                case 0 -> start;
                case 1 -> Math.max(start, durable - 1L);
                case 2 -> bodies.size();
                default -> Math.clamp(offset, start, bodies.size());
            };
            var settings = ConsumerSettings.of(new Arguments(Map.of("x-stream-offset", begin)), "q", "stream");
            readers.add(new Reader(world.consume("q", random.nextInt(1, 6), settings), next));
        }

        /// Every reader got what follows where it was, as far as its credit went; what it missed is gone.
        private void check() {
            boolean isQuiet = durable == bodies.size();
            long kept = isQuiet ? durable - world.status("q").ready() : start;
            assertThat(kept).isBetween(start, (long) durable);
            for (Reader reader : readers) {
                for (var delivery : reader.taker.deliveries()) {
                    take(reader, delivery, isQuiet ? kept : durable);
                }
                assertThat(reader.held.size()).isLessThanOrEqualTo(reader.taker.prefetch());
                if (reader.held.size() < reader.taker.prefetch()) {
                    assertThat(Math.max(reader.next, isQuiet ? kept : durable)).isGreaterThanOrEqualTo(durable);
                }
            }
            start = kept;
            if (isQuiet) {
                assertThat(world.status("q").unsettled())
                        .isEqualTo(
                                readers.stream().mapToLong(r -> r.held.size()).sum());
            }
        }

        private void take(Reader reader, Delivery delivery, long keptAtMost) {
            long offset = delivery.streamOffset();
            assertThat(offset).isGreaterThanOrEqualTo(reader.next).isLessThan(durable);
            if (offset > reader.next) {
                assertThat(offset).isBetween(start, keptAtMost);
            }
            assertThat(delivery.message().body().toUtf8()).isEqualTo(bodies.get((int) offset));
            assertThat(delivery.redelivered()).isFalse();
            reader.held.add(offset);
            reader.next = offset + 1;
        }

        private void settle() {
            if (readers.isEmpty()) {
                return;
            }
            Reader reader = readers.get(random.nextInt(readers.size()));
            if (!reader.held.isEmpty()) {
                long offset = reader.held.remove(random.nextInt(reader.held.size()));
                var range = new OffsetRanges();
                range.add(offset, offset + 1);
                world.settle("q", reader.taker, List.of(Outcome.values()).get(random.nextInt(3)), range);
            }
        }

        private void closeOne() {
            if (!readers.isEmpty()) {
                Reader reader = readers.remove(random.nextInt(readers.size()));
                world.close("q", reader.taker);
            }
        }

        /// A clean stop, a kill, or the loss of everything that was not durable. Readers begin anew.
        private void restart() {
            switch (random.nextInt(3)) {
                case 0 -> {
                    sync();
                    world.run();
                    world = world.stopAndStart();
                }
                case 1 -> {
                    world = world.killAndStart();
                    durable = bodies.size();
                }
                default -> {
                    world = world.crashAndStart();
                    bodies.subList(durable, bodies.size()).clear();
                    // What was given up may be there again, until it is given up once more.
                    start = 0;
                }
            }
            readers.clear();
            bodiesMade = 0;
            world.shard().signal();
        }
    }
}

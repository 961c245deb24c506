package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.log.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Queues that may not grow beyond a limit, against a model that takes one message at a time, as RabbitMQ does.
class LengthLimitTest {
    private static final int HISTORIES = Integer.getInteger("posthorn.histories", 4_000) / 100;

    /// @param order `fifo`, `lifo`, or `priority`
    @ParameterizedTest
    @CsvSource({
        "5,, drop-head, fifo",
        "0,, drop-head, fifo",
        ", 60, drop-head, fifo",
        "6, 80, drop-head, fifo",
        "5,, reject-publish, fifo",
        "0,, reject-publish, fifo",
        ", 60, reject-publish, fifo",
        "6, 80, reject-publish-dlx, fifo",
        "5,, drop-head, lifo",
        ", 60, drop-head, lifo",
        "5,, reject-publish, lifo",
        "5,, drop-head, priority",
        "6, 80, drop-head, priority",
        "6, 80, reject-publish-dlx, priority"
    })
    void everyHistoryIsThatOfAQueueThatTakesOneMessageAfterTheOther(
            Long maxLength, Long maxBytes, String overflow, String order) {
        for (int seed = 0; seed < HISTORIES; seed++) {
            try {
                new History(maxLength, maxBytes, overflow, order, seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("history " + seed, e);
            }
        }
    }

    private record Entry(long offset, int priority, String body) {}

    private static final class History {
        private final SplittableRandom random;
        private final long maxLength;
        private final long maxBytes;
        private final String overflow;
        private final boolean fifo;
        private final boolean hasPriorities;
        private BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
        private BrokerWorld.Client client = world.connect();
        private final TreeSet<Entry> ready;

        /// In the order in which they are dropped.
        private final TreeSet<Entry> byHead =
                new TreeSet<>(byPriority().thenComparing(Comparator.comparingLong(Entry::offset)));

        private final List<Taker> takers = new ArrayList<>();
        private final List<String> dead = new ArrayList<>();
        private final List<Long> accepted = new ArrayList<>();
        private final List<Long> refused = new ArrayList<>();
        private long published;

        private final class Taker {
            final BrokerWorld.Client owner = world.connect();
            final BrokerWorld.TestConsumer consumer;
            final int prefetch;
            final List<Entry> held = new ArrayList<>();
            int seen;

            Taker(int prefetch) {
                this.prefetch = prefetch;
                consumer = owner.consume("q", prefetch);
            }
        }

        private static Comparator<Entry> byPriority() {
            return Comparator.comparingInt(entry -> -entry.priority());
        }

        History(Long maxLength, Long maxBytes, String overflow, String order, long seed) {
            this.random = new SplittableRandom(seed);
            this.maxLength = maxLength == null ? Long.MAX_VALUE : maxLength;
            this.maxBytes = maxBytes == null ? Long.MAX_VALUE : maxBytes;
            this.overflow = overflow;
            this.fifo = order.equals("fifo");
            this.hasPriorities = order.equals("priority");
            Comparator<Entry> byOffset = Comparator.comparingLong(Entry::offset);
            ready = new TreeSet<>(byPriority().thenComparing(order.equals("lifo") ? byOffset.reversed() : byOffset));
            var arguments = new HashMap<String, Object>();
            arguments.put("x-overflow", overflow);
            arguments.put("x-dead-letter-exchange", "");
            arguments.put("x-dead-letter-routing-key", "grave");
            if (maxLength != null) {
                arguments.put("x-max-length", maxLength);
            }
            if (maxBytes != null) {
                arguments.put("x-max-length-bytes", maxBytes);
            }
            if (order.equals("lifo")) {
                arguments.put("x-delivery-order", "lifo");
            } else if (hasPriorities) {
                arguments.put("x-max-priority", 3);
            }
            client.declare("q", arguments);
            client.declare("grave");
        }

        void run() {
            for (int i = 0; i < 60; i++) {
                step();
                world.run();
                checkArrived();
                assertThat(client.accepted).containsExactlyElementsOf(accepted);
                assertThat(client.refused).containsExactlyElementsOf(refused);
                assertThat(client.status("q").ready()).isEqualTo(ready.size());
            }
            assertThat(drainGrave()).isEqualTo(dead);
        }

        private void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> publish(fifo ? random.nextInt(1, 9) : 1);
                case 4 -> consume();
                case 5, 6, 7 -> settle();
                case 8 -> close();
                default -> {
                    if (random.nextInt(4) == 0) {
                        restart();
                    } else if (random.nextInt(4) == 0) {
                        purge();
                    }
                }
            }
        }

        private void publish(int count) {
            for (int i = 0; i < count; i++) {
                int priority = random.nextInt(4);
                String body = published + "x".repeat(random.nextInt(20));
                client.publisher.publish(message(body, priority), published);
                come(new Entry(published, hasPriorities ? priority : 0, body), published);
                published++;
            }
            client.session.flush();
        }

        private static Message message(String body, int priority) {
            return new Message(
                    "",
                    "q",
                    List.of(),
                    null,
                    List.of(),
                    Bytes.utf8(body),
                    true,
                    priority,
                    Message.NEVER,
                    0,
                    () -> Arguments.NONE);
        }

        private void come(Entry entry, long sequence) {
            boolean tooMuch =
                    ready.size() + 1 > maxLength || readyBytes() + entry.body().length() > maxBytes;
            if (tooMuch && !overflow.equals("drop-head")) {
                refused.add(sequence);
                if (overflow.equals("reject-publish-dlx")) {
                    dead.add(entry.body());
                }
                return;
            }
            accepted.add(sequence);
            add(entry);
            deliver();
            dropHead();
        }

        private long readyBytes() {
            return ready.stream().mapToLong(entry -> entry.body().length()).sum();
        }

        private void add(Entry entry) {
            ready.add(entry);
            byHead.add(entry);
        }

        /// Who gets it is not the limit's affair: that some consumer with room does.
        private final List<Entry> delivered = new ArrayList<>();

        private void deliver() {
            long room = takers.stream()
                            .mapToLong(taker -> taker.prefetch - taker.held.size())
                            .sum()
                    - delivered.size();
            while (room-- > 0 && !ready.isEmpty()) {
                Entry first = ready.removeFirst();
                byHead.remove(first);
                delivered.add(first);
            }
        }

        private void dropHead() {
            while (overflow.equals("drop-head") && (ready.size() > maxLength || readyBytes() > maxBytes)) {
                Entry head = byHead.removeFirst();
                ready.remove(head);
                dead.add(head.body());
            }
        }

        private void checkArrived() {
            var bodies = new ArrayList<String>();
            for (Taker taker : takers) {
                List<Delivery> arrived = taker.consumer.arrived;
                for (; taker.seen < arrived.size(); taker.seen++) {
                    String body = arrived.get(taker.seen).message().body().toUtf8();
                    bodies.add(body);
                    taker.held.add(delivered.stream()
                            .filter(entry -> entry.body().equals(body))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError(body + " was not to be delivered")));
                }
            }
            assertThat(bodies)
                    .containsExactlyInAnyOrderElementsOf(
                            delivered.stream().map(Entry::body).toList());
            delivered.clear();
        }

        private void consume() {
            if (takers.size() < 3) {
                takers.add(new Taker(random.nextInt(1, 5)));
                deliver();
            }
        }

        private void settle() {
            List<Taker> holding =
                    takers.stream().filter(taker -> !taker.held.isEmpty()).toList();
            if (holding.isEmpty()) {
                return;
            }
            Taker taker = holding.get(random.nextInt(holding.size()));
            Entry entry = taker.held.remove(random.nextInt(taker.held.size()));
            Outcome outcome = List.of(Outcome.values()).get(random.nextInt(4));
            Delivery delivery = taker.consumer.arrived.stream()
                    .filter(each -> each.message().body().toUtf8().equals(entry.body()))
                    .reduce((_, last) -> last)
                    .orElseThrow();
            taker.owner.session.settle(taker.consumer.handle(), delivery.queue(), delivery.deliveryId(), outcome);
            taker.owner.session.flush();
            switch (outcome) {
                case ACCEPTED -> {}
                case REJECTED -> dead.add(entry.body());
                case RELEASED, FAILED -> add(entry);
            }
            dropHead();
            deliver();
        }

        private void close() {
            if (!takers.isEmpty()) {
                Taker taker = takers.remove(random.nextInt(takers.size()));
                taker.owner.session.close();
                taker.held.forEach(this::add);
                dropHead();
                deliver();
            }
        }

        private void purge() {
            client.session.purgeQueue("q", new Answer<>());
            ready.clear();
            byHead.clear();
        }

        private void restart() {
            takers.forEach(taker -> taker.held.forEach(this::add));
            takers.clear();
            dropHead();
            world = new BrokerWorld(world.storage.kill().syncsAtOnce());
            client = world.connect();
            accepted.clear();
            refused.clear();
        }

        private List<String> drainGrave() {
            return takeAll(client, world, "grave");
        }
    }

    private static List<String> takeAll(BrokerWorld.Client client, BrokerWorld world, String queue) {
        var bodies = new ArrayList<String>();
        for (Optional<Delivery> next = take(client, world, queue);
                next.isPresent();
                next = take(client, world, queue)) {
            bodies.add(next.get().message().body().toUtf8());
        }
        return bodies;
    }

    private static Optional<Delivery> take(BrokerWorld.Client client, BrokerWorld world, String queue) {
        var got = client.get(queue);
        world.run();
        return got.get();
    }
}

package io.posthorn.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.posthorn.events.QueueOptions.Overflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a queue promises, on whatever broker.
public abstract class QueueContract {
    private static final Duration LONG = Duration.ofSeconds(30);

    private Posthorn posthorn;
    private final String name = "contract-" + UUID.randomUUID();

    protected QueueContract() {}

    /// Of a broker that is there for this test.
    protected abstract String uri();

    @BeforeEach
    void open() {
        posthorn = Posthorn.open(uri());
    }

    @AfterEach
    void close() {
        posthorn.queue(name + ".dead", String.class).delete();
        posthorn.close();
    }

    private Queue<String> queue(QueueOptions options) {
        return posthorn.queue(name, String.class, options);
    }

    private Queue<String> dead() {
        return posthorn.queue(name + ".dead", String.class);
    }

    @Test
    void whatIsEnqueuedIsDequeuedInOrder() {
        Queue<String> queue = queue(QueueOptions.fifo());
        queue.enqueue("a");
        queue.enqueueAll(List.of("b", "c"));

        assertThat(queue.length()).isEqualTo(3);
        assertThat(drain(queue)).containsExactly("a", "b", "c");
        assertThat(queue.dequeue()).isEmpty();
        assertThat(queue.length()).isZero();
        queue.delete();
    }

    @Test
    void theLastComesFirstWhereThatIsAskedFor() {
        assumeThat(posthorn.capabilities()).contains(Capability.LIFO);
        Queue<String> queue = queue(QueueOptions.lifo());
        queue.enqueueAll(List.of("a", "b", "c"));

        assertThat(drain(queue)).containsExactly("c", "b", "a");
        queue.delete();
    }

    @Test
    void theHighestPriorityComesFirst() {
        Queue<String> queue = queue(QueueOptions.priority(10));
        queue.enqueue("low", Send.withPriority(1));
        queue.enqueue("high", Send.withPriority(9));
        queue.enqueue("high too", Send.withPriority(9));

        assertThat(drain(queue)).containsExactly("high", "high too", "low");
        queue.delete();
    }

    @Test
    void aMessageGivenBackComesAgainToItsPlace() {
        Queue<String> queue = queue(QueueOptions.fifo());
        queue.enqueueAll(List.of("a", "b"));

        try (var first = queue.dequeue(LONG).orElseThrow()) {
            assertThat(first.value()).isEqualTo("a");
            assertThat(first.attempt()).isEqualTo(1);
        }
        var again = queue.dequeue(LONG).orElseThrow();
        assertThat(again.value()).isEqualTo("a");
        assertThat(again.envelope().redelivered()).isTrue();
        again.ack();
        assertThat(drain(queue)).containsExactly("b");
        queue.delete();
    }

    @Test
    void whoeverWaitsGetsWhatComes() throws Exception {
        Queue<String> queue = queue(QueueOptions.fifo());
        var got = new LinkedBlockingQueue<String>();
        Thread waiting = Thread.startVirtualThread(() -> {
            var delivery = queue.dequeue(LONG).orElseThrow();
            got.add(delivery.value());
            delivery.ack();
        });
        queue.enqueue("late");

        assertThat(got.poll(30, TimeUnit.SECONDS)).isEqualTo("late");
        waiting.join();
        assertThat(queue.dequeue(Duration.ofMillis(10))).isEmpty();
        queue.delete();
    }

    @Test
    void whatIsSaidOfAMessageArrivesWithIt() {
        Queue<String> queue = queue(QueueOptions.priority(9));
        queue.enqueue("x", Send.withId("id-1").key("customer-7").priority(3).header("tenant", "blue"));

        var delivery = queue.dequeue(LONG).orElseThrow();
        Envelope envelope = delivery.envelope();
        assertThat(envelope.id()).isEqualTo("id-1");
        assertThat(envelope.key()).isEqualTo("customer-7");
        assertThat(envelope.priority()).isEqualTo(3);
        assertThat(envelope.headers()).containsEntry("tenant", "blue");
        assertThat(envelope.contentType()).startsWith("text/plain");
        assertThat(envelope.time()).isNotNull();
        assertThat(envelope.redelivered()).isFalse();
        delivery.ack();
        queue.delete();
    }

    @Test
    void aRejectedMessageIsDeadWithTheReason() {
        Queue<String> queue = queue(QueueOptions.fifo());
        queue.enqueue("bad");
        queue.dequeue(LONG).orElseThrow().reject("no such customer");

        var letter = dead().dequeue(LONG).orElseThrow();
        assertThat(letter.value()).isEqualTo("bad");
        assertThat(letter.envelope().headers())
                .containsEntry("x-error", "no such customer")
                .containsEntry("x-first-queue", name);
        letter.ack();
        assertThat(queue.length()).isZero();
        queue.delete();
    }

    @Test
    void anExpiredMessageIsDead() {
        Queue<String> queue = queue(QueueOptions.fifo());
        queue.enqueue("short-lived", Send.expiring(Duration.ofMillis(1)));

        var letter = dead().dequeue(LONG).orElseThrow();
        assertThat(letter.value()).isEqualTo("short-lived");
        letter.ack();
        assertThat(queue.dequeue()).isEmpty();
        queue.delete();
    }

    @Test
    void aDelayedMessageWaitsWithoutBeingInTheWay() {
        assumeThat(posthorn.capabilities()).contains(Capability.DELAY);
        Queue<String> queue = queue(QueueOptions.fifo());
        queue.enqueue("later", Send.delayed(Duration.ofMillis(300)));
        queue.enqueue("now");

        assertThat(List.of(take(queue), take(queue))).containsExactly("now", "later");
        queue.delete();
    }

    @Test
    void aFullQueueRefuses() {
        Queue<String> queue = queue(QueueOptions.fifo().maxLength(2, Overflow.REFUSE));
        queue.enqueueAll(List.of("a", "b"));

        assertThatThrownBy(() -> queue.enqueue("c")).isInstanceOf(EventsException.Refused.class);
        assertThat(drain(queue)).containsExactly("a", "b");
        queue.delete();
    }

    @Test
    void aDuplicateCountsAsEnqueuedAndIsKeptOut() {
        assumeThat(posthorn.capabilities()).contains(Capability.DEDUPLICATION);
        Queue<String> queue = queue(QueueOptions.fifo().deduplicate(Duration.ofHours(1), 1_000));
        queue.enqueue("once", Send.withId("o-1"));
        queue.enqueue("twice", Send.withId("o-1"));

        assertThat(drain(queue)).containsExactly("once");
        queue.delete();
    }

    @Test
    void peekingTakesNothingOut() {
        assumeThat(posthorn.capabilities()).contains(Capability.PEEK);
        Queue<String> queue = queue(QueueOptions.fifo());
        queue.enqueueAll(List.of("a", "b", "c"));

        assertThat(queue.peek(2)).extracting(Stored::value).containsExactly("a", "b");
        assertThat(queue.purge()).isEqualTo(3);
        queue.delete();
    }

    @Test
    void peekingShowsWhatCannotBeDecodedAndWhatIsBehindIt() {
        assumeThat(posthorn.capabilities()).contains(Capability.PEEK);
        Queue<byte[]> raw = posthorn.queue(name, byte[].class);
        Queue<String> queue = queue(QueueOptions.fifo());
        raw.enqueue(new byte[] {(byte) 0xff, (byte) 0xfe}, Send.withId("broken"));
        queue.enqueue("good");

        List<Stored<String>> seen = queue.peek(2);
        assertThat(seen.getFirst().envelope().id()).isEqualTo("broken");
        assertThat(seen.getFirst().whyBroken()).isPresent();
        assertThatThrownBy(seen.getFirst()::value)
                .isInstanceOf(EventsException.BadMessage.class)
                .hasMessageContaining("UTF-8");
        assertThat(seen.getLast().whyBroken()).isEmpty();
        assertThat(seen.getLast().value()).isEqualTo("good");
        queue.delete();
    }

    @Test
    @SuppressWarnings("NullAway") // programs that nobody checks do so
    void whatIsNoValueOrNoNameIsRefusedInWords() {
        Queue<String> queue = queue(QueueOptions.fifo());
        assertThatThrownBy(() -> queue.enqueue(null)).hasMessageContaining("send a value that says so");
        assertThatThrownBy(() -> queue.consume(null)).hasMessageContaining("a handler");
        assertThatThrownBy(() -> posthorn.queue("", String.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a name of 1 to 233 bytes");
        assertThatThrownBy(() -> posthorn.queue("x".repeat(234), String.class))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> posthorn.queue(null, String.class)).hasMessageContaining("a queue has a name");
        assertThat(queue.length()).isZero();
        queue.delete();
    }

    @Test
    void anIdThatIsTooLongIsRefusedAndHoldsUpNothing() {
        Queue<String> queue = queue(QueueOptions.fifo());
        assertThatThrownBy(() -> queue.enqueue("a", Send.withId("ü".repeat(128))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("255 bytes");
        queue.enqueue("b", Send.withId("ü".repeat(127)));

        assertThat(drain(queue)).containsExactly("b");
        queue.delete();
    }

    @Test
    void oneMessageIsRemovedByItsIdAndTheOthersStay() {
        assumeThat(posthorn.capabilities()).contains(Capability.REMOVE);
        Queue<String> queue = queue(QueueOptions.fifo());
        queue.enqueue("a");
        Receipt receipt = queue.enqueue("b");
        queue.enqueue("c");

        assertThat(queue.remove(receipt.id())).isTrue();
        assertThat(queue.remove(receipt.id())).isFalse();
        assertThat(drain(queue)).containsExactly("a", "c");
        queue.delete();
    }

    @Test
    void handlersRunSideBySideUpToTheirLimit() throws Exception {
        Queue<String> queue = queue(QueueOptions.fifo());
        var inside = new CountDownLatch(3);
        var release = new CountDownLatch(1);
        try (var worker = queue.consume(
                (_, _) -> {
                    inside.countDown();
                    release.await();
                },
                WorkOptions.oneAtATime().concurrency(3))) {
            queue.enqueueAll(List.of("a", "b", "c", "d", "e"));
            assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(worker.running()).isEqualTo(3);
            release.countDown();
        }
        assertThat(queue.length() + drain(dead()).size()).isLessThanOrEqualTo(2); // given back at the close, or done
        queue.purge();
        queue.delete();
    }

    @Test
    void messagesOfOneKeyKeepTheirOrderWhileOthersGoOn() throws Exception {
        Queue<String> queue = queue(QueueOptions.fifo());
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        var done = new CountDownLatch(60);
        try (var _ = queue.consume(
                (value, _) -> {
                    seen.add(value);
                    done.countDown();
                },
                WorkOptions.oneAtATime().concurrency(8).orderedByKey())) {
            for (int i = 0; i < 20; i++) {
                for (String key : List.of("red", "green", "blue")) {
                    queue.enqueue(key + " " + i, Send.withKey(key));
                }
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
        for (String key : List.of("red", "green", "blue")) {
            List<String> ofKey =
                    seen.stream().filter(value -> value.startsWith(key)).toList();
            assertThat(ofKey).hasSize(20);
            for (int i = 0; i < 20; i++) {
                assertThat(ofKey.get(i)).isEqualTo(key + " " + i);
            }
        }
        queue.delete();
    }

    @Test
    void aHandlerThatFailsGetsTheMessageAgainAndAtLastItIsDeadWithTheCause() {
        Queue<String> queue = queue(QueueOptions.fifo());
        var attempts = new AtomicInteger();
        BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
        try (var _ = queue.consume(
                (_, delivery) -> {
                    told.add(delivery.attempt());
                    throw new IllegalStateException("failure " + attempts.incrementAndGet());
                },
                WorkOptions.oneAtATime().retry(Retry.fixed(Duration.ofMillis(5)).attempts(3)))) {
            queue.enqueue("poison");
            var letter = dead().dequeue(LONG).orElseThrow();
            assertThat(letter.value()).isEqualTo("poison");
            assertThat(letter.envelope().headers())
                    .containsEntry("x-error", "failure 3")
                    .containsEntry("x-error-type", "IllegalStateException");
            letter.ack();
        }
        assertThat(told).containsExactly(1, 2, 3);
        assertThat(queue.length()).isZero();
        queue.delete();
    }

    @Test
    void whateverAHandlerThrowsTheNextMessageIsWorkedOn() throws Exception {
        Queue<String> queue = queue(QueueOptions.fifo());
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        try (var _ = queue.consume(
                (value, _) -> {
                    if (value.equals("bad")) {
                        throw new NoClassDefFoundError("on purpose");
                    }
                    done.add(value);
                },
                WorkOptions.oneAtATime().retry(Retry.never()))) {
            queue.enqueueAll(List.of("bad", "good"));

            assertThat(done.poll(30, TimeUnit.SECONDS)).isEqualTo("good");
            var letter = dead().dequeue(LONG).orElseThrow();
            assertThat(letter.envelope().headers()).containsEntry("x-error-type", "NoClassDefFoundError");
            letter.ack();
        }
        queue.delete();
    }

    @Test
    void aHandlerThatRejectsIsNotAskedAgain() {
        Queue<String> queue = queue(QueueOptions.fifo());
        try (var _ = queue.consume((_, _) -> {
            throw new Handler.Reject("never");
        })) {
            queue.enqueue("bad");
            var letter = dead().dequeue(LONG).orElseThrow();
            assertThat(letter.envelope().headers()).containsEntry("x-error", "never");
            letter.ack();
        }
        queue.delete();
    }

    @Test
    void anotherMessageIsNotHeldUpByOneThatCannotBeDecoded() {
        Queue<byte[]> raw = posthorn.queue(name, byte[].class);
        Queue<String> queue = queue(QueueOptions.fifo());
        raw.enqueue(new byte[] {(byte) 0xff, (byte) 0xfe});
        queue.enqueue("good");

        assertThatThrownBy(() -> queue.dequeue(LONG)).isInstanceOf(EventsException.BadMessage.class);
        assertThat(take(queue)).isEqualTo("good");
        assertThat(dead().purge()).isEqualTo(1);
        queue.delete();
    }

    @Test
    void aQueueOfOtherOptionsIsRefused() {
        Queue<String> queue = queue(QueueOptions.fifo());

        assertThatThrownBy(() -> queue(QueueOptions.priority(5)))
                .isInstanceOf(EventsException.Incompatible.class)
                .hasMessageContaining(name);
        queue.delete();
    }

    @Test
    void whatIsClosedSaysSo() {
        Queue<String> queue = queue(QueueOptions.fifo());
        queue.delete();
        Posthorn other = Posthorn.open(uri());
        Queue<String> late = other.queue(name, String.class);
        late.delete();
        other.close();

        assertThatThrownBy(() -> late.enqueue("x")).isInstanceOf(EventsException.Closed.class);
    }

    @Test
    void aQueueThatIsGoneRefuses() {
        Queue<String> queue = queue(QueueOptions.fifo());
        queue.delete();

        assertThatThrownBy(() -> queue.enqueue("x")).isInstanceOf(EventsException.Refused.class);
    }

    private static String take(Queue<String> queue) {
        var delivery = queue.dequeue(LONG).orElseThrow();
        delivery.ack();
        return delivery.value();
    }

    private static List<String> drain(Queue<String> queue) {
        var all = new ArrayList<String>();
        for (var next = queue.dequeue(); next.isPresent(); next = queue.dequeue()) {
            all.add(next.get().value());
            next.get().ack();
        }
        return all;
    }
}

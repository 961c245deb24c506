package io.posthorn.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A program goes on when the connection to its broker was lost, and when the broker has refused something. On a
/// server, whichever.
public abstract class LostConnectionContract {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int WAITS_FOR_GOOD = 100_000;

    /// AMQP takes a list there, and the channel ends.
    private static final Send REFUSED = Send.NORMALLY.header("CC", "no list");

    private final String name = "lost-" + UUID.randomUUID();
    private Wire wire;
    private Posthorn direct;
    private Posthorn posthorn;
    private Queue<String> queue;

    public record Told(int number) {}

    public record Asked(int number) {}

    public record Recorded(int number) {}

    protected LostConnectionContract() {}

    /// Of a server that is there for this test.
    protected abstract String uri();

    @BeforeEach
    void open() throws IOException {
        wire = new Wire(uri());
        direct = Posthorn.open(uri());
        posthorn = Posthorn.open(wire.uri());
        queue = posthorn.queue(name, String.class);
    }

    @AfterEach
    void close() throws IOException {
        posthorn.close();
        direct.queue(name, String.class).delete();
        direct.queue(name + ".dead", String.class).delete();
        direct.close();
        wire.close();
    }

    /// Ends with the time that a test has: not all that is waited for can be interrupted itself.
    private static void spin() {
        if (Thread.currentThread().isInterrupted()) {
            throw new AssertionError("interrupted");
        }
        Thread.onSpinWait();
    }

    private static <T> T onceItIsBack(Callable<T> call) throws Exception {
        while (true) {
            try {
                return call.call();
            } catch (EventsException.Unreachable away) {
                spin();
            }
        }
    }

    private static CompletableFuture<Object> enqueuing(Queue<String> to, String value, String id) {
        var done = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                done.complete(to.enqueue(value, Send.NORMALLY.id(id)));
            } catch (EventsException e) {
                done.complete(e);
            }
        });
        return done;
    }

    private void awaitLength(long wanted) {
        Queue<String> there = direct.queue(name, String.class);
        while (there.length() < wanted) {
            spin();
        }
    }

    private List<String> drained() {
        return Stream.generate(() -> direct.queue(name, String.class)
                        .dequeue()
                        .map(delivery -> {
                            delivery.ack();
                            return delivery.value();
                        })
                        .orElse(""))
                .takeWhile(value -> !value.isEmpty())
                .toList();
    }

    @Test
    void publishingGoesOnAfterTheConnectionWasLost() throws Exception {
        queue.enqueueAll(List.of("a", "b", "c"));
        wire.cut();
        onceItIsBack(() -> queue.enqueue("d"));
        queue.enqueueAll(List.of("e", "f"));

        assertThat(drained()).containsExactly("a", "b", "c", "d", "e", "f");
    }

    @Test
    void whatWasOnItsWayWhenTheConnectionWasLostMayBeIn() throws Exception {
        wire.losesConfirms(true);
        var published = enqueuing(queue, "a", "1");
        awaitLength(1);
        wire.cut();
        wire.losesConfirms(false);

        assertThat(published.get()).isInstanceOf(EventsException.Unreachable.class);
        onceItIsBack(() -> queue.enqueue("b"));
        assertThat(drained()).containsExactly("a", "b");
    }

    @Test
    void whoWaitsForAMessageGetsItOverTheNextConnection() throws Exception {
        var came = new CompletableFuture<String>();
        var waiting = Thread.startVirtualThread(() -> {
            try {
                came.complete(queue.dequeue(LONG).orElseThrow().value());
            } catch (RuntimeException e) {
                came.completeExceptionally(e);
            }
        });
        // It waits on its way there, too, but not for so long.
        for (int seen = 0; seen < WAITS_FOR_GOOD; seen++) {
            seen = waiting.getState() == Thread.State.TIMED_WAITING || waiting.getState() == Thread.State.WAITING
                    ? seen
                    : 0;
            spin();
        }
        BlockingQueue<String> handled = new LinkedBlockingQueue<>();
        Queue<String> other = posthorn.queue(name + ".dead", String.class);
        try (var _ = other.consume((value, _) -> handled.add(value))) {
            wire.cut();
            onceItIsBack(() -> queue.enqueue("a"));
            onceItIsBack(() -> other.enqueue("b"));

            assertThat(came.get()).isEqualTo("a");
            assertThat(handled.take()).isEqualTo("b");
        }
    }

    @Test
    void subscriptionsAndRequestsLiveAgain() throws Exception {
        BlockingQueue<Told> heard = new LinkedBlockingQueue<>();
        EventBus bus = posthorn.bus();
        bus.subscribe(Told.class, (told, _) -> heard.add(told));
        bus.subscribe(Asked.class, (asked, context) -> context.reply(new Asked(asked.number() + 1)));
        bus.publish(new Told(1));
        assertThat(heard.take()).isEqualTo(new Told(1));
        assertThat(bus.request(new Asked(1), Asked.class, LONG)).isEqualTo(new Asked(2));

        for (int cut = 2; cut <= 4; cut++) {
            wire.cut();
            // The server may take a queue for the lost connection's for a while yet.
            var told = new Told(cut);
            do {
                onceItIsBack(() -> bus.publish(told));
            } while (!told.equals(heard.poll(1, TimeUnit.SECONDS)));
            var asked = new Asked(cut);
            assertThat(onceItIsBack(() -> answer(bus, asked))).isEqualTo(new Asked(cut + 1));
        }
    }

    private static Asked answer(EventBus bus, Asked asked) {
        while (true) {
            try {
                return bus.request(asked, Asked.class, Duration.ofSeconds(1));
            } catch (EventsException.NoAnswer notYet) {
                spin();
            }
        }
    }

    @Test
    void whatIsKeptIsReadOnFromWhereTheReaderWas() throws Exception {
        BlockingQueue<Recorded> read = new LinkedBlockingQueue<>();
        EventBus bus = posthorn.bus();
        var kept = bus.subscribe(
                Subscribe.to(Recorded.class)
                        .durable(name)
                        .keeping(Retention.age(Duration.ofDays(1)))
                        .from(Position.first()),
                (recorded, _) -> read.add(recorded));
        for (int number = 1; number <= 3; number++) {
            bus.publish(new Recorded(number));
            assertThat(read.take()).isEqualTo(new Recorded(number));
        }
        wire.cut();
        onceItIsBack(() -> bus.publish(new Recorded(4)));

        assertThat(read.take()).isEqualTo(new Recorded(4));
        kept.cancel();
        direct.queue("posthorn.events." + name + ".dead", String.class).delete();
    }

    @Test
    void whatComesWhileAReaderIsAwayIsReadThoughNothingCameBefore() throws Exception {
        BlockingQueue<Recorded> read = new LinkedBlockingQueue<>();
        var kept = posthorn.bus()
                .subscribe(
                        Subscribe.to(Recorded.class).durable(name).keeping(Retention.age(Duration.ofDays(1))),
                        (recorded, _) -> read.add(recorded));
        wire.breakDown();
        direct.bus().publish(new Recorded(1));
        wire.mend();

        assertThat(read.take()).isEqualTo(new Recorded(1));
        kept.cancel();
        direct.queue("posthorn.events." + name + ".dead", String.class).delete();
    }

    @Test
    void whatIsRefusedIsRefusedForItselfAlone() {
        queue.enqueue("a");
        assertThatThrownBy(() -> queue.enqueue("b", REFUSED)).isInstanceOf(EventsException.Incompatible.class);
        queue.enqueueAll(List.of("c", "d"));

        assertThat(drained()).containsExactly("a", "c", "d");
    }

    @Test
    void whatWasOnItsWayWhenAnotherWasRefusedMayBeInAndIsNotDisturbedTwice() throws Exception {
        wire.losesConfirms(true);
        var bystander = enqueuing(queue, "a", "1");
        awaitLength(1);
        assertThatThrownBy(() -> queue.enqueue("x", REFUSED.id("x")))
                .isInstanceOf(EventsException.Unreachable.class)
                .hasMessageContaining("may be in");
        assertThat(bystander.get()).isInstanceOf(EventsException.Unreachable.class);

        var undisturbed = enqueuing(queue, "b", "2");
        awaitLength(2);
        assertThatThrownBy(() -> queue.enqueue("x", REFUSED.id("x"))).isInstanceOf(EventsException.Incompatible.class);
        assertThat(undisturbed).isNotDone();
        wire.losesConfirms(false);
        queue.enqueue("a", Send.NORMALLY.id("1"));
        queue.enqueue("c");

        assertThat(drained()).containsExactly("a", "b", "a", "c");
    }

    @Test
    void whatNobodyTakesIsRefusedAndNotItsNamesakeElsewhere() throws Exception {
        wire.losesConfirms(true);
        var taken = enqueuing(queue, "a", "1");
        awaitLength(1);
        Queue<String> gone = posthorn.queue(name + ".gone", String.class);
        gone.delete();

        assertThatThrownBy(() -> gone.enqueue("b", Send.NORMALLY.id("1"))).isInstanceOf(EventsException.Refused.class);
        assertThat(taken).isNotDone();
    }

    @Test
    void itCanBeClosedWhileTheBrokerIsAway() throws Exception {
        queue.enqueue("a");
        wire.breakDown();
        assertThatThrownBy(() -> {
                    while (true) {
                        queue.length();
                        spin();
                    }
                })
                .isInstanceOf(EventsException.Unreachable.class);
        posthorn.close();

        assertThatThrownBy(() -> queue.enqueue("b")).isInstanceOf(EventsException.Closed.class);
    }
}

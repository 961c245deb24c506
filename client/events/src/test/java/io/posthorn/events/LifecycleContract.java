package io.posthorn.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What begins and ends while others go on: handlers, calls that wait, and a program's use of a broker. On whatever
/// broker.
public abstract class LifecycleContract {
    public record Asked(int number) {}

    public record Paid(long id) {}

    private final String suffix = UUID.randomUUID().toString();

    protected LifecycleContract() {}

    /// Of a broker that is there for this test.
    protected abstract String uri();

    private static CompletableFuture<Throwable> failureOf(Callable<?> call) {
        var failure = new CompletableFuture<Throwable>();
        Thread.startVirtualThread(() -> {
            try {
                failure.complete(new AssertionError("it ended with " + call.call()));
            } catch (Exception e) {
                failure.complete(e);
            }
        });
        return failure;
    }

    private static void awaitThatItWaits(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
    }

    /// By a source, which is closed as the first thing.
    private static void tellOfTheClose(Posthorn posthorn, CountDownLatch closing) throws InterruptedException {
        var open = new CountDownLatch(1);
        posthorn.source("tells of the close", new EventSource() {
            @Override
            public Duration look(SourceContext context) {
                open.countDown();
                return Duration.ofDays(1);
            }

            @Override
            public void close() {
                closing.countDown();
            }
        });
        assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoWaitsForAnAnswerHearsThatTheBrokerIsClosed() throws Exception {
        var asked = new CountDownLatch(1);
        Posthorn posthorn = Posthorn.open(uri());
        EventBus bus = posthorn.bus();
        bus.subscribe(Asked.class, (_, _) -> asked.countDown());
        var failure = failureOf(() -> bus.request(new Asked(1), Asked.class, Duration.ofDays(1)));
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        posthorn.close();

        assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(EventsException.Closed.class);
    }

    @Test
    void whoWaitsForAMessageHearsThatTheBrokerIsClosed() throws Exception {
        Posthorn posthorn = Posthorn.open(uri());
        Queue<String> queue = posthorn.queue("empty-" + suffix, String.class);
        var caller = new CompletableFuture<Thread>();
        var failure = failureOf(() -> {
            caller.complete(Thread.currentThread());
            return queue.dequeue(Duration.ofDays(1));
        });
        awaitThatItWaits(caller.get(30, TimeUnit.SECONDS));
        posthorn.close();

        assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(EventsException.Closed.class);
        forget("empty-" + suffix);
    }

    @Test
    void aHandlerThatRunsWhileTheBrokerIsClosedMayPublishWhatComesOfIt() throws Exception {
        var begun = new CountDownLatch(1);
        var closing = new CountDownLatch(1);
        Posthorn posthorn = Posthorn.open(uri());
        Queue<String> results = posthorn.queue("results-" + suffix, String.class);
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        tellOfTheClose(posthorn, closing);
        posthorn.bus().subscribe(Paid.class, (_, _) -> {
            begun.countDown();
            closing.await();
            results.enqueue("result");
            posthorn.bus().publish(new Asked(1));
            assertThatThrownBy(() -> results.consume((_, _) -> {})).isInstanceOf(EventsException.Closed.class);
            done.add("done");
        });
        posthorn.bus().publish(new Paid(1));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        posthorn.close();

        assertThat(done.poll()).isEqualTo("done");
        assertThatThrownBy(() -> results.enqueue("late")).isInstanceOf(EventsException.Closed.class);
        forget("results-" + suffix);
    }

    @Test
    void whatNobodyElseWouldHandleIsHandledBeforeTheEnd() throws Exception {
        var closing = new CountDownLatch(1);
        List<Long> handled = Collections.synchronizedList(new ArrayList<>());
        var subscribed = new CompletableFuture<Subscription>();
        Posthorn posthorn = Posthorn.open(uri());
        tellOfTheClose(posthorn, closing);
        var subscription = posthorn.bus().subscribe(Paid.class, (event, _) -> {
            closing.await();
            while (event.id() == 0 && isTaking(posthorn.bus(), subscribed.join())) {
                Thread.onSpinWait(); // until the end has begun
            }
            handled.add(event.id());
        });
        subscribed.complete(subscription);
        for (long i = 0; i < 5; i++) {
            posthorn.bus().publish(new Paid(i));
        }
        assertThat(subscription.backlog()).isZero(); // all are with the handler
        posthorn.close();

        assertThat(handled).startsWith(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void whatHasNotBegunWhenTheTimeIsUpIsNotHandled() throws Exception {
        var goesOn = new CountDownLatch(1);
        List<Long> handled = Collections.synchronizedList(new ArrayList<>());
        try (var posthorn = Posthorn.open(uri())) {
            var subscription = posthorn.bus().subscribe(Paid.class, (event, _) -> {
                goesOn.await();
                handled.add(event.id());
            });
            for (long i = 0; i < 3; i++) {
                posthorn.bus().publish(new Paid(i));
            }
            assertThat(subscription.backlog()).isZero();
            assertThat(subscription.close(Duration.ZERO)).isFalse();
            goesOn.countDown();

            assertThat(subscription.close(Duration.ofSeconds(30))).isTrue();
            assertThat(handled).hasSizeLessThan(2); // the first one, if it had begun
        }
    }

    private static boolean isTaking(EventBus bus, Subscription subscription) {
        bus.publish(new Paid(5));
        return subscription.backlog() == 0;
    }

    @Test
    void handlersComeAndGoWhileEventsFlowAndADurableSubscriptionMissesNone() throws Exception {
        int events = 300;
        try (var posthorn = Posthorn.open(uri())) {
            EventBus bus = posthorn.bus();
            var durable = Subscribe.to(Paid.class).durable("steady-" + suffix);
            Set<Long> seen = ConcurrentHashMap.newKeySet();
            var all = new CountDownLatch(events);
            EventHandler<Paid> steady = (event, _) -> {
                if (seen.add(event.id())) {
                    all.countDown();
                }
            };
            var subscription = bus.subscribe(durable, steady);
            Thread publisher = Thread.startVirtualThread(() -> {
                for (int i = 0; i < events; i++) {
                    bus.publish(new Paid(i));
                }
            });
            do {
                Subscription next = bus.subscribe(durable, steady);
                subscription.close();
                bus.subscribe(Paid.class, (_, _) -> {}).close();
                subscription = next;
            } while (publisher.isAlive());

            assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
            subscription.cancel();
            posthorn.queue("posthorn.events.steady-" + suffix + ".dead", String.class)
                    .delete();
        }
    }

    /// Breaks in a way of which nobody thought, once for each word that begins with bad, and each time for hopeless.
    private static final class OddCodec implements Codec {
        private final Set<String> seen = ConcurrentHashMap.newKeySet();

        @Override
        public String contentType() {
            return "text/x-odd";
        }

        @Override
        public boolean takes(Class<?> type) {
            return type == Odd.class;
        }

        @Override
        public byte[] encode(Object value) {
            return ((Odd) value).word().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public <T> T decode(byte[] bytes, Class<T> type) {
            String word = new String(bytes, StandardCharsets.UTF_8);
            if (word.startsWith("bad") && seen.add(word)) {
                throw new InternalError("on purpose");
            }
            if (word.equals("hopeless")) {
                throw new AssertionError("on purpose");
            }
            return type.cast(new Odd(word));
        }
    }

    record Odd(String word) {}

    @Test
    void aCodecThatBreaksDoesNotEndTheHandler() throws Exception {
        try (var posthorn = Posthorn.builder(uri()).codec(new OddCodec()).open()) {
            BlockingQueue<String> taken = new LinkedBlockingQueue<>();
            BlockingQueue<String> kept = new LinkedBlockingQueue<>();
            try (var _ = posthorn.bus().subscribe(Odd.class, (odd, _) -> taken.add(odd.word()))) {
                posthorn.bus().publish(new Odd("bad"));
                posthorn.bus().publish(new Odd("good"));
                assertThat(List.of(take(taken), take(taken))).containsExactlyInAnyOrder("bad", "good");
            }

            var all = Subscribe.to(Odd.class).durable("odd-" + suffix).keeping(Retention.always());
            var subscription = posthorn.bus().subscribe(all, (odd, _) -> kept.add(odd.word()));
            posthorn.bus().publish(new Odd("bad to keep"));
            posthorn.bus().publish(new Odd("good"));
            assertThat(take(kept)).isEqualTo("good"); // the other is for whoever begins before it
            subscription.cancel();
            posthorn.queue("posthorn.events.odd-" + suffix + ".dead", String.class)
                    .delete();
        }
    }

    @Test
    void whatACodecBreaksAtEachTimeIsBroken() throws Exception {
        String name = "hopeless-" + suffix;
        try (var posthorn = Posthorn.builder(uri()).codec(new OddCodec()).open()) {
            var queue = posthorn.queue(name, Odd.class);
            queue.enqueue(new Odd("hopeless"));
            if (posthorn.capabilities().contains(Capability.PEEK)) {
                assertThat(queue.peek(1).getFirst().whyBroken()).isPresent();
            }
            BlockingQueue<String> taken = new LinkedBlockingQueue<>();
            try (var _ = queue.consume((odd, _) -> taken.add(odd.word()))) {
                queue.enqueue(new Odd("good"));
                assertThat(take(taken)).isEqualTo("good");
            }
            assertThat(queue.length()).isZero();
            var dead = posthorn.queue(name + ".dead", String.class)
                    .dequeue(Duration.ofSeconds(30))
                    .orElseThrow();
            assertThat(dead.value()).isEqualTo("hopeless");
            dead.ack();
        }
        forget(name);
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(30, TimeUnit.SECONDS);
        assertThat(taken).isNotNull();
        return taken;
    }

    /// A server outlives this test.
    private void forget(String queue) {
        try (var posthorn = Posthorn.open(uri())) {
            posthorn.queue(queue, String.class).delete();
            posthorn.queue(queue + ".dead", String.class).delete();
        }
    }
}

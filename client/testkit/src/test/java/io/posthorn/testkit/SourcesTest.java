package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventSource;
import io.posthorn.events.FileArrived;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Retry;
import io.posthorn.events.RunningSource;
import io.posthorn.events.RunningSource.State;
import io.posthorn.events.SourceContext;
import io.posthorn.events.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

/// What sources promise, on each kind of broker.
class SourcesTest {
    record Reading(int number) {}

    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();

    @TempDir
    Path directory;

    private void subscribe(Posthorn posthorn, Class<?> type) {
        posthorn.bus().subscribe(type, (event, _) -> seen.add(event));
    }

    @OnEachBroker
    void aTimerPublishesAtItsInterval(TestBroker broker, Posthorn posthorn) {
        subscribe(posthorn, Reading.class);
        var source = posthorn.source(
                "thermometer", Sources.timer(Duration.ofSeconds(10), () -> new Reading(numbers.incrementAndGet())));

        broker.advance(Duration.ofSeconds(9));
        assertThat(seen).isEmpty();
        broker.advance(Duration.ofSeconds(21));
        assertThat(seen).containsExactly(new Reading(1), new Reading(2), new Reading(3));

        source.close();
        broker.advance(Duration.ofMinutes(1));
        assertThat(seen).hasSize(3);
        assertThat(source.state()).isEqualTo(State.CLOSED);
    }

    /// Fails on its second and third look.
    private final class Shaky implements EventSource {
        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();

        @Override
        public void open(SourceContext context) {
            opened.incrementAndGet();
        }

        @Override
        public Duration look(SourceContext context) throws IOException {
            int number = numbers.incrementAndGet();
            if (number == 2 || number == 3) {
                throw new IOException("the device is gone");
            }
            context.publish(new Reading(number));
            return Duration.ofMinutes(10);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    @OnEachBroker
    void aSourceThatFailsIsOpenedAgainAfterABackOff(TestBroker broker, Posthorn posthorn) {
        subscribe(posthorn, Reading.class);
        var shaky = new Shaky();
        var source = posthorn.source(
                "device", shaky, Retry.exponential(Duration.ofSeconds(10)).jitter(0));
        broker.advance(Duration.ofMinutes(10));
        assertThat(source.state()).isEqualTo(State.BACKING_OFF);
        assertThat(source.lastFailure().orElseThrow()).hasMessage("the device is gone");
        assertThat(seen).containsExactly(new Reading(1));

        broker.advance(Duration.ofSeconds(10));
        assertThat(source.failures()).isEqualTo(2);
        broker.advance(Duration.ofSeconds(20));
        assertThat(seen).containsExactly(new Reading(1), new Reading(4));
        assertThat(source.state()).isEqualTo(State.RUNNING);
        assertThat(source.lastFailure()).isEmpty();
        source.close();
        assertThat(shaky.opened).hasValue(3);
        assertThat(shaky.closed).hasValue(3);
    }

    @OnEachBroker
    void aSourceThatFailsTooOftenIsGivenUp(TestBroker broker, Posthorn posthorn) {
        var source = posthorn.source(
                "nothing",
                _ -> {
                    throw new IOException("no such device");
                },
                Retry.fixed(Duration.ofSeconds(1)).attempts(3));
        broker.advance(Duration.ofHours(1));

        assertThat(source.state()).isEqualTo(State.GIVEN_UP);
        assertThat(source.failures()).isEqualTo(3);
    }

    @OnEachBroker
    void whatCannotBePublishedIsLookedAtAgain(TestBroker broker, Posthorn posthorn) throws IOException {
        subscribe(posthorn, FileArrived.class);
        Files.writeString(directory.resolve("a.csv"), "1");
        posthorn.source("inbox", Sources.directory(directory));
        broker.faults().failPublishes(1);
        broker.advance(Duration.ofMinutes(1));

        assertThat(seen).hasSize(1);
    }

    @OnEachBroker
    void aFileArrivesWhenItIsWholeAndAgainWhenItIsWritten(TestBroker broker, Posthorn posthorn) throws IOException {
        Path inbox = Files.createTempDirectory(directory, "inbox");
        Path file = inbox.resolve("orders.csv");
        subscribe(posthorn, FileArrived.class);
        posthorn.source("inbox", Sources.directory(inbox).matching("*.csv").every(Duration.ofSeconds(5)));
        broker.awaitIdle(); // it has looked, and found nothing
        Files.writeString(inbox.resolve("notes.txt"), "not for us");
        Files.writeString(file, "1");
        broker.advance(Duration.ofSeconds(5));
        Files.writeString(file, "1,2");
        broker.advance(Duration.ofSeconds(5));
        assertThat(seen).isEmpty(); // it is still being written

        broker.advance(Duration.ofSeconds(10));
        assertThat(seen).singleElement().satisfies(event -> {
            var arrived = (FileArrived) event;
            assertThat(arrived.path()).isEqualTo(file.toString());
            assertThat(arrived.size()).isEqualTo(3);
        });
        Files.writeString(file, "1,2,3");
        broker.advance(Duration.ofSeconds(15));
        assertThat(seen).hasSize(2);
    }

    @OnEachBroker
    void aFileWhosePathIsLongerThanAnIdArrivesAndHoldsUpNobody(TestBroker broker, Posthorn posthorn)
            throws IOException {
        Path inbox = Files.createTempDirectory(directory, "inbox");
        Files.writeString(inbox.resolve("a".repeat(250)), "1");
        Files.writeString(inbox.resolve("b"), "1");
        subscribe(posthorn, FileArrived.class);
        posthorn.source("inbox", Sources.directory(inbox));
        broker.advance(Duration.ofSeconds(5));

        assertThat(seen).hasSize(2);
    }

    @OnEachBroker
    void aFileThatIsMovedDoesNotArriveAtTheNextStart(TestBroker broker, Posthorn posthorn) throws IOException {
        Path inbox = Files.createTempDirectory(directory, "inbox");
        Path done = inbox.resolve("done");
        Files.writeString(inbox.resolve("a.csv"), "1");
        subscribe(posthorn, FileArrived.class);
        for (int start = 0; start < 2; start++) {
            var source = posthorn.source("inbox", Sources.directory(inbox).movingTo(done));
            broker.advance(Duration.ofSeconds(5));
            source.close();
        }
        assertThat(seen).singleElement().isInstanceOf(FileArrived.class);
        assertThat(done.resolve("a.csv")).hasContent("1");
        assertThat(inbox.resolve("a.csv")).doesNotExist();
    }

    @OnEachBroker
    void whatWasMovedThereBeforeIsNotReplaced(TestBroker broker, Posthorn posthorn) throws IOException {
        Path inbox = Files.createTempDirectory(directory, "inbox");
        Path done = inbox.resolve("done");
        subscribe(posthorn, FileArrived.class);
        posthorn.source("inbox", Sources.directory(inbox).movingTo(done));
        for (String content : List.of("1", "2")) {
            Files.writeString(inbox.resolve("a.csv"), content);
            broker.advance(Duration.ofSeconds(5));
        }
        assertThat(seen).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(Path.of(((FileArrived) seen.get(i)).path())).hasContent(String.valueOf(i + 1));
        }
    }

    @OnEachBroker
    void filesAreNotMovedToWhereTheyAre(TestBroker broker, Posthorn posthorn) throws IOException {
        Path inbox = Files.createTempDirectory(directory, "inbox");
        Path file = Files.writeString(inbox.resolve("a.csv"), "1");
        var source = Sources.directory(inbox);
        assertThatThrownBy(() -> source.movingTo(inbox.resolve("..").resolve(inbox.getFileName())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("to another than");

        Path alias = Files.createSymbolicLink(directory.resolve("alias " + inbox.getFileName()), inbox);
        var running = posthorn.source("inbox", source.movingTo(alias));
        broker.advance(Duration.ofSeconds(5));
        assertThat(running.lastFailure().orElseThrow()).hasMessageContaining("to another than");
        assertThat(file).hasContent("1");
    }

    @OnEachBroker
    void aLookThatSaysNothingOfTheNextHasFailed(TestBroker broker, Posthorn posthorn) {
        var source = posthorn.source("silent", _ -> nothing());
        broker.awaitIdle();

        assertThat(source.state()).isEqualTo(State.BACKING_OFF);
        assertThat(source.lastFailure().orElseThrow()).hasMessageContaining("how long until the next");
    }

    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // as by a program that nobody checks for nulls
    private static Duration nothing() {
        return null;
    }

    @OnEachBroker
    void aSourceThatClosesItselfInALookIsClosedBehindIt(TestBroker broker, Posthorn posthorn) {
        var running = new CompletableFuture<RunningSource>();
        List<String> order = new CopyOnWriteArrayList<>();
        running.complete(posthorn.source("once", new EventSource() {
            @Override
            public Duration look(SourceContext context) {
                running.join().close();
                order.add("looked");
                return Duration.ZERO;
            }

            @Override
            public void close() {
                running.join().close();
                order.add("closed");
            }
        }));
        broker.advance(Duration.ofMinutes(1));
        running.join().close();

        assertThat(order).containsExactly("looked", "closed");
    }

    /// Is looked at until it is let go, whoever interrupts it.
    private static final class Stubborn implements EventSource {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);
        private final CountDownLatch goesOn = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private final AtomicInteger times = new AtomicInteger();
        private volatile boolean isLooking;
        private volatile boolean wasClosedMeanwhile;

        @Override
        public Duration look(SourceContext context) throws InterruptedException {
            isLooking = true;
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            goesOn.await();
            isLooking = false;
            return Duration.ZERO;
        }

        @Override
        public void close() {
            wasClosedMeanwhile |= isLooking;
            times.incrementAndGet();
            closed.countDown();
        }

        void awaitLook() throws InterruptedException {
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnEachBroker(time = Setup.Time.REAL)
    void whereALookGoesOnItsSourceIsClosedBehindIt(Posthorn posthorn) throws Exception {
        var stubborn = new Stubborn();
        var running = posthorn.source("stubborn", stubborn);
        stubborn.awaitLook();
        posthorn.close(Duration.ofMillis(1));
        assertThat(running.state()).isEqualTo(State.CLOSED);
        stubborn.goesOn.countDown();

        assertThat(stubborn.closed.await(30, TimeUnit.SECONDS)).isTrue();
        running.close();
        assertThat(stubborn.times).hasValue(1);
        assertThat(stubborn.wasClosedMeanwhile).isFalse();
    }

    @OnEachBroker(time = Setup.Time.REAL)
    void noSourceHoldsUpTheEndOfAnother(Posthorn posthorn) throws Exception {
        var both = List.of(new Stubborn(), new Stubborn());
        for (Stubborn each : both) {
            posthorn.source("stubborn", each);
            each.awaitLook();
        }
        var closed = new CompletableFuture<Void>();
        Thread.startVirtualThread(() -> {
            posthorn.close(Duration.ofDays(1));
            closed.complete(null);
        });
        for (Stubborn each : both) {
            assertThat(each.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        }
        both.forEach(each -> each.goesOn.countDown());
        closed.get(30, TimeUnit.SECONDS);
    }

    @OnEachBroker(time = Setup.Time.REAL)
    void closingInterruptsALookAndWaitsForIt(Posthorn posthorn) throws Exception {
        var begun = new CountDownLatch(1);
        var ended = new AtomicInteger();
        var source = posthorn.source("slow", _ -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                ended.incrementAndGet();
            }
            return Duration.ZERO;
        });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        source.close();

        assertThat(ended).hasValue(1);
    }
}

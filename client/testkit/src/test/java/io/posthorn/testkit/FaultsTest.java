package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Send;
import io.posthorn.events.Subscribe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a test wants to go wrong goes wrong, and nothing else.
class FaultsTest {
    record Paid(int order) {}

    @OnEachBroker
    void theNextPublishesFailAndNothingIsIn(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("work", String.class);
        broker.faults().failPublishes(2);

        assertThatThrownBy(() -> queue.enqueue("a")).isInstanceOf(EventsException.Unreachable.class);
        assertThatThrownBy(() -> posthorn.bus().publish(new Paid(1))).isInstanceOf(EventsException.Unreachable.class);
        queue.enqueue("b");
        assertThat(queue.length()).isEqualTo(1);

        broker.faults().refusePublishes(1);
        assertThatThrownBy(() -> queue.enqueue("c")).isInstanceOf(EventsException.Refused.class);
        assertThat(queue.length()).isEqualTo(1);
    }

    @OnEachBroker
    void anAnswerThatIsLostLeavesTheMessageIn(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("work", String.class);
        broker.faults().loseAnswers(1);

        assertThatThrownBy(() -> queue.enqueue("a")).isInstanceOf(EventsException.Unreachable.class);
        assertThat(queue.length()).isEqualTo(1);
    }

    @OnEachBroker
    void aMessageWhoseAcknowledgementIsLostComesAgain(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("work", String.class);
        var seen = new CopyOnWriteArrayList<String>();
        queue.consume((value, _) -> seen.add(value));
        broker.faults().loseAcks(1);

        queue.enqueue("a");
        broker.awaitIdle();

        assertThat(seen).containsExactly("a", "a");
        assertThat(queue.length()).isZero();
    }

    @OnEachBroker
    void faultsEndWhenTheyAreEnded(TestBroker broker, Posthorn posthorn) {
        var queue = posthorn.queue("work", String.class);
        broker.faults().failPublishes(100).refusePublishes(100).end();

        assertThatCode(() -> queue.enqueue("a")).doesNotThrowAnyException();
    }

    @TempDir
    Path directory;

    private List<Setup> durable() {
        return List.of(Setup.files(directory.resolve("files")), Setup.server(directory.resolve("server")));
    }

    @Test
    void whatWasConfirmedSurvivesACrashAndWhatWasBegunComesAgain() {
        for (Setup setup : durable()) {
            try (var broker = TestBroker.of(setup)) {
                var before = broker.open();
                var queue = before.queue("work", String.class);
                for (int i = 0; i < 20; i++) {
                    queue.enqueue("job " + i);
                }
                queue.enqueue("later", Send.delayed(Duration.ofHours(1)));
                queue.dequeue().orElseThrow().ack();
                var begun = queue.dequeue().orElseThrow();
                broker.awaitIdle();

                broker.crash();

                begun.ack(); // into the void
                assertThatThrownBy(() -> queue.enqueue("nobody hears"))
                        .isInstanceOfAny(EventsException.Unreachable.class, EventsException.Closed.class);
                var again = broker.open().queue("work", String.class);
                broker.advance(Duration.ofHours(1));
                var left = new ArrayList<String>();
                for (var next = again.dequeue(); next.isPresent(); next = again.dequeue()) {
                    left.add(next.get().value());
                    next.get().ack();
                }
                // An acknowledgement waits for no disk: the first may be there again.
                left.remove("job 0");
                assertThat(left).hasSize(20).startsWith("job 1").endsWith("later");
            }
        }
    }

    @Test
    void aDurableSubscriptionGoesOnAfterARestart() {
        for (Setup setup : durable()) {
            try (var broker = TestBroker.of(setup)) {
                var wanted = Subscribe.to(Paid.class).durable("ledger");
                broker.open().bus().subscribe(wanted, (_, _) -> {}).close();
                broker.open().bus().publish(new Paid(7));

                broker.restart();

                var seen = new CopyOnWriteArrayList<Paid>();
                broker.open().bus().subscribe(wanted, (paid, _) -> seen.add(paid));
                broker.awaitIdle();
                assertThat(seen).containsExactly(new Paid(7));
            }
        }
    }

    @Test
    void inMemoryACrashLeavesNothing() {
        try (var broker = TestBroker.inMemory()) {
            broker.open().queue("work", String.class).enqueue("x");
            broker.crash();

            assertThat(broker.open().queue("work", String.class).length()).isZero();
        }
    }
}

package io.posthorn.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventsException;
import io.posthorn.events.Publish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// What is promised of events on their way from the outbox to the bus, on whatever database.
abstract class RelayContract extends OutboxWorld {
    @Test
    void theRelayWorksByItself() throws Exception {
        outbox.start();
        transaction(true, 1);
        outbox.wake();
        assertThat(take()).isEqualTo(1);
        transaction(true, 2); // and without being told
        assertThat(take()).isEqualTo(2);
        outbox.close();
    }

    @Test
    void anEventThatIsRefusedHoldsUpItsSubjectOnlyAndIsParkedAtLast() throws Exception {
        bus.refuses = event -> event.subject() != null && event.subject().equals("bad");
        transaction(true, 1, "bad");
        transaction(true, 2, "good");
        transaction(true, 3, "bad");

        assertThat(outbox.relayNow()).isEqualTo(1);
        assertThat(List.of(take(), take())).containsExactly(2, 2); // with the bad one, and without it
        assertThat(outbox.pending(10)).hasSize(2);
        assertThat(outbox.pending(10).getFirst().attempts()).isEqualTo(1);
        assertThat(outbox.pending(10).getFirst().lastError()).contains("refused on purpose");

        assertThat(outbox.relayNow()).isZero(); // not before its time
        assertThat(outbox.pending(10).getFirst().attempts()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(11));
        outbox.relayNow();
        clock.advance(Duration.ofSeconds(11));
        outbox.relayNow();
        List<OutboxEntry> parked = outbox.parked(10);
        assertThat(parked).hasSize(1);
        assertThat(parked.getFirst().attempts()).isEqualTo(3);

        bus.refuses = _ -> false;
        assertThat(outbox.retry(parked.getFirst().id())).isTrue();
        assertThat(outbox.relayNow()).isEqualTo(2);
        assertThat(List.of(take(), take())).containsExactly(1, 3);
    }

    @Test
    void aParkedEventCanBeDiscardedAndOneThatIsNotCannot() throws Exception {
        bus.refuses = _ -> true;
        transaction(true, 1);
        long id = outbox.pending(1).getFirst().id();
        assertThat(outbox.discard(id)).isFalse();
        for (int i = 0; i < 3; i++) {
            outbox.relayNow();
            clock.advance(Duration.ofSeconds(11));
        }
        assertThat(outbox.discard(id)).isTrue();
        assertThat(outbox.size()).isZero();
    }

    @Test
    void aBrokerThatIsAwayCostsNoEventAnAttempt() throws Exception {
        bus.isAway = true;
        transaction(true, 1);
        assertThatThrownBy(outbox::relayNow).isInstanceOf(EventsException.Unreachable.class);
        assertThat(outbox.pending(1).getFirst().attempts()).isZero();

        bus.isAway = false;
        assertThat(outbox.relayNow()).isEqualTo(1);
        assertThat(take()).isEqualTo(1);
    }

    @Test
    void oneInstanceRelaysAtATimeAndAnotherTakesOver() throws Exception {
        JdbcOutbox second = outbox();
        transaction(true, 1);
        assertThat(outbox.relayNow()).isEqualTo(1);
        transaction(true, 2);
        assertThat(second.relayNow()).isZero();
        clock.advance(Duration.ofSeconds(16));
        assertThat(second.relayNow()).isEqualTo(1);
        transaction(true, 3);
        assertThat(outbox.relayNow()).isZero();

        assertThat(List.of(take(), take())).containsExactly(1, 2);
    }

    @Test
    void manyInstancesKeepTheOrderOfEachSubject() throws Exception {
        List<JdbcOutbox> instances = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            instances.add(outbox());
        }
        instances.forEach(JdbcOutbox::start);
        for (int i = 0; i < 60; i++) {
            transaction(true, i, "subject-" + i % 3);
        }
        var seen = new ArrayList<Integer>();
        for (int i = 0; i < 60; i++) {
            seen.add(take());
        }
        instances.forEach(JdbcOutbox::close);
        for (int subject = 0; subject < 3; subject++) {
            int of = subject;
            assertThat(seen.stream().filter(order -> order % 3 == of).toList()).isSorted();
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    @Test
    void theFirstRoundOfAllRelays() throws Exception {
        transaction(true, 1);
        assertThat(outbox.relayNow()).isEqualTo(1);
        assertThat(take()).isEqualTo(1);
    }

    @Test
    void anEventThatTheBusCannotBuildIsCountedAndParkedAndStopsNobodyElse() throws Exception {
        bus.meanwhile = events -> {
            if (events.stream().anyMatch(event -> "bad".equals(event.subject()))) {
                throw new IllegalArgumentException("too long on purpose");
            }
        };
        transaction(true, 1, "bad");
        transaction(true, 2, "good");
        assertThat(outbox.relayNow()).isEqualTo(1);
        assertThat(take()).isEqualTo(2);
        assertThat(outbox.pending(10)).singleElement().satisfies(entry -> {
            assertThat(entry.attempts()).isEqualTo(1);
            assertThat(entry.lastError()).contains("too long on purpose");
        });

        for (int i = 0; i < 2; i++) {
            clock.advance(Duration.ofSeconds(11));
            assertThat(outbox.relayNow()).isZero();
        }
        assertThat(outbox.parked(10)).hasSize(1);
    }

    @Test
    void nothingComesBeforeARefusedEventOfItsSubject() throws Exception {
        transaction(true, 1, Publish.about("order").id("first"));
        transaction(true, 2, "order");
        transaction(true, 3, "other");
        bus.refuses = event -> event.id().equals("first");
        assertThat(outbox.relayNow()).isEqualTo(1);
        assertThat(outbox.pending(10)).extracting(OutboxEntry::attempts).containsExactly(1, 0);

        bus.refuses = _ -> false;
        clock.advance(Duration.ofSeconds(11));
        assertThat(outbox.relayNow()).isEqualTo(2);
        assertThat(List.of(take(), take(), take(), take())).containsExactly(3, 3, 1, 2);
    }

    @Test
    void whatWaitsForItsNextAttemptIsNotReadAgainBeforeIt() throws Exception {
        bus.refuses = _ -> true;
        transaction(true, 1);
        assertThat(outbox.relayNow()).isZero();

        long now = clock.millis();
        try (var connection = database.getConnection()) {
            assertThat(Rows.dueBehind(connection, 0, now, 10)).isEmpty();
            assertThat(Rows.dueBehind(connection, 0, now + 10_000, 10)).hasSize(1);
        }
    }

    @Test
    void roundsOfOneInstanceDoNotOverlap() throws Exception {
        var together = new CyclicBarrier(4);
        for (int i = 0; i < 20; i++) {
            transaction(true, i);
        }
        int relayed = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var rounds = new ArrayList<CompletableFuture<Integer>>();
            for (int i = 0; i < together.getParties(); i++) {
                rounds.add(CompletableFuture.supplyAsync(
                        () -> {
                            awaitAt(together);
                            return outbox.relayNow();
                        },
                        threads));
            }
            for (var round : rounds) {
                relayed += round.join();
            }
        }
        assertThat(relayed).isEqualTo(20);
        assertThat(bus.calls()).isEqualTo(1);
    }

    @Test
    void anInstanceThatHasLostTheLeaseCountsNothingAndGoesNoFurther() throws Exception {
        JdbcOutbox second = outbox();
        transaction(true, 1, Publish.about("order").id("first"));
        transaction(true, 2, "other");
        transaction(true, 3, "other");
        bus.refuses = event -> event.id().equals("first");
        bus.meanwhile = _ -> {
            bus.meanwhile = _ -> {};
            clock.advance(Duration.ofSeconds(16));
            assertThat(second.relayNow()).isEqualTo(2);
            clock.advance(Duration.ofSeconds(16));
        };
        assertThat(outbox.relayNow()).isZero();
        assertThat(outbox.pending(10))
                .singleElement()
                .satisfies(entry -> assertThat(entry.attempts()).isEqualTo(1));
        assertThat(List.of(take(), take(), take(), take())).containsExactly(2, 2, 3, 2); // the last is the late one
    }

    @Test
    void anErrorDoesNotEndTheRelay() throws Exception {
        var failed = new CountDownLatch(1);
        bus.meanwhile = _ -> {
            bus.meanwhile = _ -> {};
            failed.countDown();
            throw new AssertionError("on purpose");
        };
        transaction(true, 1);
        outbox.start();
        failed.await();
        outbox.wake();
        assertThat(take()).isEqualTo(1);
        assertThat(outbox.close(LONG)).isTrue();
    }

    @Test
    void whoeverClosesIsToldOfAPublishThatHangsAndAnotherInstanceTakesOver() throws Exception {
        var publishes = new CountDownLatch(1);
        var broker = new CountDownLatch(1);
        bus.meanwhile = _ -> {
            bus.meanwhile = _ -> {};
            publishes.countDown();
            awaitAt(broker);
        };
        JdbcOutbox second = outbox();
        transaction(true, 1);
        outbox.start();
        publishes.await();
        assertThat(outbox.close(Duration.ofMillis(1))).isFalse();
        assertThat(second.relayNow()).isZero();
        clock.advance(Duration.ofSeconds(16));
        assertThat(second.relayNow()).isEqualTo(1);

        broker.countDown();
        assertThat(outbox.close(LONG)).isTrue();
        assertThat(List.of(take(), take())).containsExactly(1, 1);
        transaction(true, 2);
        assertThat(outbox.relayNow()).isZero();
        assertThat(second.relayNow()).isEqualTo(1);
    }

    @Test
    void whatIsNotBeingPublishedStaysWhenItIsClosedAndAnotherInstanceHasItAtOnce() throws Exception {
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 250; i++) {
                outbox.publish(connection, new Placed(i));
            }
            connection.commit();
        }
        bus.meanwhile = _ -> assertThat(outbox.close(LONG)).isFalse(); // it would wait for itself
        assertThat(outbox.relayNow()).isEqualTo(200);

        bus.meanwhile = _ -> {};
        assertThat(outbox.close(LONG)).isTrue();
        assertThat(outbox.relayNow()).isZero();
        assertThat(outbox.size()).isEqualTo(50);
        assertThat(outbox().relayNow()).isEqualTo(50);
    }
}

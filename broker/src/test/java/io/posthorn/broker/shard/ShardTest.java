package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.OffsetRanges;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardTest {
    private final ShardWorld world = new ShardWorld(new FakeStorage());

    @BeforeEach
    void declareAQueue() {
        world.declare("q");
    }

    @Test
    void nothingIsShownOrConfirmedBeforeItIsDurable() {
        var taker = consumer(0);
        world.publish("q", 3, true);
        var get = world.get("q");
        var status = world.askStatus("q");
        world.run();
        assertThat(taker.tookNow()).isEmpty();
        assertThat(world.accepted).isEmpty();
        assertThat(get.reply().isThere()).isFalse();
        assertThat(status.isThere()).isFalse();

        syncAndRun();
        assertThat(world.accepted).containsExactly(1L, 2L, 3L);
        assertThat(status.isThere()).isTrue();
    }

    @Test
    void aTransientMessageIsConfirmedAtOnceButStaysBehindDurableOnes() {
        var taker = consumer(0);
        world.publish("q", 1, true);
        world.publish("q", 1, false);
        world.run();
        assertThat(world.accepted).containsExactly(2L);
        assertThat(taker.tookNow()).isEmpty();
        syncAndRun();
        assertThat(taker.tookNow()).containsExactly("0", "1");
    }

    @Test
    void aTransientMessageNeedsNoSync() {
        var taker = consumer(0);
        int before = world.storage().syncsAsked();
        world.publish("q", 2, false);
        world.run();
        assertThat(taker.tookNow()).containsExactly("0", "1");
        assertThat(world.storage().syncsAsked()).isEqualTo(before);
    }

    @Test
    void settlementsAskForNoSyncAndAreOneEventAPass() {
        var taker = consumer(0);
        world.publish("q", 10, true);
        syncAndRun();
        int syncs = world.storage().syncsAsked();
        long end = world.storage().end();
        for (Delivery delivery : taker.deliveries()) {
            world.settle("q", taker, Outcome.ACCEPTED, delivery);
        }
        world.run();
        assertThat(world.storage().syncsAsked()).isEqualTo(syncs);
        assertThat(world.storage().end()).isEqualTo(end + 1);
    }

    @Test
    void prefetchBoundsWhatAConsumerHolds() {
        var taker = consumer(2);
        world.publish("q", 5, true);
        syncAndRun();
        List<Delivery> first = taker.deliveries();
        assertThat(first).hasSize(2);
        world.settle("q", taker, Outcome.ACCEPTED, first.get(1));
        world.run();
        assertThat(taker.tookNow()).containsExactly("2");
    }

    @Test
    void consumersTakeTurns() {
        var one = consumer(0);
        var two = consumer(0);
        world.publish("q", 6, true);
        syncAndRun();
        assertThat(one.tookNow()).containsExactly("0", "2", "4");
        assertThat(two.tookNow()).containsExactly("1", "3", "5");
    }

    @Test
    void aFullSinkGetsNothingUntilItIsResumed() {
        var taker = consumer(0);
        taker.welcome = false;
        world.publish("q", 3, true);
        syncAndRun();
        assertThat(taker.tookNow()).containsExactly("0");
        taker.welcome = true;
        world.resume("q", taker);
        world.run();
        assertThat(taker.tookNow()).containsExactly("1", "2");
    }

    @Test
    void whatIsGivenBackReturnsToItsPlace() {
        var taker = consumer(3);
        world.publish("q", 5, true);
        syncAndRun();
        List<Delivery> held = taker.deliveries();
        world.settle("q", taker, Outcome.RELEASED, held.get(2));
        world.settle("q", taker, Outcome.RELEASED, held.get(0));
        world.run();
        List<Delivery> again = taker.deliveries();
        assertThat(again.stream().map(Delivery::deliveryId)).containsExactly(0L, 2L);
        assertThat(again).allMatch(Delivery::redelivered).allMatch(d -> d.deliveryCount() == 1);
    }

    @Test
    void aMessageThatComesBackOftenIsCounted() {
        var taker = consumer(1);
        world.publish("q", 1, true);
        syncAndRun();
        for (int i = 0; i < 300; i++) {
            Delivery delivery = taker.deliveries().getFirst();
            assertThat(delivery.deliveryCount()).isEqualTo(Math.min(i, 255));
            world.settle("q", taker, Outcome.RELEASED, delivery);
            world.run();
        }
    }

    @Test
    void aConsumerSettlesOnlyWhatItHolds() {
        var one = consumer(1);
        var two = consumer(1);
        world.publish("q", 2, true);
        syncAndRun();
        var everything = new OffsetRanges();
        everything.add(0, 100);
        world.settle("q", one, Outcome.ACCEPTED, everything);
        world.run();
        assertThat(world.status("q").unsettled()).isEqualTo(1);
        world.close("q", two);
        world.run();
        assertThat(one.deliveries().getLast().deliveryId()).isEqualTo(1);
    }

    @Test
    void aCancelledConsumerKeepsWhatItHolds() {
        var taker = consumer(1);
        world.publish("q", 2, true);
        syncAndRun();
        Delivery held = taker.deliveries().getFirst();
        assertThat(world.cancel("q", taker).isThere()).isFalse();
        world.run();
        assertThat(world.status("q").unsettled()).isEqualTo(1);
        assertThat(world.status("q").consumers()).isZero();
        world.settle("q", taker, Outcome.ACCEPTED, held);
        assertThat(world.status("q").unsettled()).isZero();
        assertThat(world.status("q").ready()).isEqualTo(1);
    }

    @Test
    void anExclusiveConsumerIsTheOnlyOne() {
        world.consume("q", 0, false, true, new Answer<>());
        var second = new Answer<Done>();
        world.consume("q", 0, false, false, second);
        world.run();
        assertThat(second.failure())
                .isInstanceOf(BrokerException.AccessRefused.class)
                .hasMessage("queue 'q' in vhost '/' in exclusive use");
    }

    @Test
    void aPoisonedJournalRefusesWhatWaitsAndServesWhatIsDurable() {
        var taker = consumer(1);
        world.publish("q", 3, true);
        syncAndRun();
        world.publish("q", 2, true);
        var get = world.get("q");
        world.run();
        world.storage().failSync();
        world.run();
        assertThat(world.refused).containsExactly(4L, 5L);
        assertThat(get.reply().failure()).isInstanceOf(BrokerException.StorageFailed.class);
        world.publish("q", 1, true);
        world.run();
        assertThat(world.refused).containsExactly(4L, 5L, 6L);

        for (long offset = 0; offset < 2; offset++) {
            Delivery delivery = taker.deliveries().getFirst();
            assertThat(delivery.deliveryId()).isEqualTo(offset);
            world.settle("q", taker, Outcome.ACCEPTED, delivery);
            world.run();
        }
        assertThat(taker.tookNow()).containsExactly("2");
        var status = world.askStatus("q");
        world.run();
        assertThat(status.failure()).isInstanceOf(BrokerException.StorageFailed.class);
    }

    @Test
    void aFullDiskRefusesPublishesAndGoesOnSettling() {
        var taker = consumer(0);
        world.publish("q", 1, true);
        syncAndRun();
        world.storage().setFull(true);
        world.publish("q", 1, true);
        world.settle("q", taker, Outcome.ACCEPTED, taker.deliveries().getFirst());
        syncAndRun();
        assertThat(world.refused).containsExactly(2L);
        world.storage().setFull(false);
        world.publish("q", 1, true);
        syncAndRun();
        assertThat(world.accepted).containsExactly(1L, 3L);
    }

    @Test
    void aBrokenQueueIsSetAsideAndTheOthersGoOn() {
        world.declare("sound");
        world.publish("q", 1, true);
        world.publish("sound", 1, true);
        syncAndRun();
        world.storage().broken.add(world.queue("q").log());
        var broken = consumer(1);
        var sound = world.consume("sound", 1);
        syncAndRun();
        assertThat(broken.cancelled).isTrue();
        assertThat(sound.tookNow()).containsExactly("1");
        world.publish("q", 1, true);
        world.publish("sound", 1, true);
        syncAndRun();
        assertThat(world.refused).containsExactly(3L);
        assertThat(world.accepted).containsExactly(1L, 2L, 4L);
        var status = world.askStatus("q");
        world.run();
        assertThat(status.failure()).isInstanceOf(BrokerException.StorageFailed.class);
        assertThat(world.shard().statistics().quarantined()).isEqualTo(1);

        world.storage().broken.clear();
        assertThat(world.killAndStart().status("q").ready())
                .as("its bytes are kept")
                .isEqualTo(1);
    }

    @Test
    void aCleanStopLeavesABrokenQueueAsItIs() {
        var taker = consumer(1);
        world.publish("q", 1, true);
        syncAndRun();
        world.publish("q", 1, true);
        syncAndRun();
        world.storage().broken.add(world.queue("q").log());
        world.settle("q", taker, Outcome.ACCEPTED, taker.deliveries().getFirst());
        syncAndRun();
        assertThat(world.shard().statistics().quarantined()).isEqualTo(1);
        boolean[] stopped = {false};
        world.shard().stop(() -> stopped[0] = true);
        world.run();
        assertThat(stopped[0]).isTrue();
        assertThat(world.storage().open(world.queue("q").log()).bounds().start())
                .isZero();
    }

    @Test
    void aFullMailboxRefusesUntilItIsDrained() {
        int taken = 0;
        while (world.publish("q", 10, true)) {
            taken++;
        }
        assertThat(taken).isPositive();
        boolean[] drained = {false};
        world.shard().whenDrained(() -> drained[0] = true);
        world.runOnePass();
        assertThat(drained[0]).isTrue();
        assertThat(world.publish("q", 10, true)).isTrue();
        syncAndRun();
        assertThat(world.accepted).hasSize(10 * (taken + 1));
    }

    @Test
    void aNonDurableQueueNeedsNoDiskAndLosesNothingButARestart() {
        world.declareNonDurable("v");
        long end = world.storage().end();
        var taker = world.consume("v", 0);
        world.publish("v", 2, true);
        world.run();
        assertThat(taker.tookNow()).containsExactly("0", "1");
        assertThat(world.accepted).containsExactly(1L, 2L);
        assertThat(world.storage().end()).isEqualTo(end);
    }

    @Test
    void oneBatchForManyQueuesIsOneEntryInTheJournal() {
        world.declare("r");
        world.declare("s");
        long end = world.storage().end();
        world.publish("q,r,s", 4, true);
        world.run();
        assertThat(world.storage().end()).isEqualTo(end + 1);
        syncAndRun();
        assertThat(world.accepted).hasSize(4);
        for (String queue : List.of("q", "r", "s")) {
            assertThat(world.status(queue).ready()).isEqualTo(4);
        }
    }

    @Test
    void coldMessagesAreReadOnAThreadThatMayWait() {
        world.publish("q", 50, true);
        syncAndRun();
        world.storage().makeCold();
        var taker = consumer(0);
        syncAndRun();
        assertThat(taker.tookNow()).hasSize(50);
        var get = world.get("q");
        syncAndRun();
        assertThat(get.answer()).isEmpty();
    }

    @Test
    void deletingAQueueTellsItsConsumers() {
        var taker = consumer(1);
        syncAndRun();
        world.drop("q");
        var status = world.askStatus("q");
        world.run();
        assertThat(taker.cancelled).isTrue();
        assertThat(status.failure())
                .isInstanceOf(BrokerException.NotFound.class)
                .hasMessage("no queue 'q' in vhost '/'");
        world.publish("q", 1, true);
        world.run();
        assertThat(world.accepted).as("as if the queue had been there before").containsExactly(1L);
    }

    @Test
    void whatIsRecoveredFromASnapshotIsWhatWasThere() {
        var taker = consumer(0);
        world.publish("q", 1_000, true);
        syncAndRun();
        var odd = new OffsetRanges();
        LongStream.range(0, 500).forEach(i -> odd.add(2 * i + 1, 2 * i + 2));
        world.settle("q", taker, Outcome.ACCEPTED, odd);
        world.run();
        world.snapshot();
        var more = new OffsetRanges();
        more.add(0, 100);
        world.settle("q", taker, Outcome.ACCEPTED, more);
        syncAndRun();

        var after = world.crashAndStart();
        assertThat(after.status("q").ready()).isEqualTo(450);
        var all = after.consume("q", 0);
        after.run();
        assertThat(all.deliveries().stream().map(Delivery::deliveryId).toList())
                .isEqualTo(LongStream.range(50, 500).map(i -> 2 * i).boxed().toList());
        assertThat(all.deliveries()).allMatch(Delivery::redelivered);
    }

    @Test
    void whatARestartHasDroppedStaysDroppedOverASnapshotOfAQueueThatNobodyTouched() {
        world.publish("q", 1, true);
        world.publish("q", 2, false);
        syncAndRun();
        var restarted = world.killAndStart();
        restarted.snapshot();
        restarted.run();
        assertThat(restarted.killAndStart().status("q").ready()).isEqualTo(1);
    }

    @Test
    void aQueueNobodyEverTookFromIsNotRedeliveredAfterACrash() {
        world.publish("q", 2, true);
        syncAndRun();
        var after = world.crashAndStart();
        var taker = after.consume("q", 0);
        after.run();
        after.storage().sync();
        after.run();
        assertThat(taker.deliveries()).hasSize(2).noneMatch(Delivery::redelivered);
    }

    private Taker consumer(int prefetch) {
        var taker = world.consume("q", prefetch);
        syncAndRun();
        return taker;
    }

    private void syncAndRun() {
        world.run();
        world.storage().sync();
        world.run();
    }
}

package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.SharedCredit;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedCreditTest {
    private final ShardWorld world = new ShardWorld(new FakeStorage());
    private final SharedCredit credit = new SharedCredit();

    @BeforeEach
    void declareTwoQueues() {
        world.declare("one");
        world.declare("two");
    }

    private Taker consumer(String queue) {
        Taker taker = world.consume(queue, 0);
        world.share(taker, credit);
        return taker;
    }

    private void syncAndRun() {
        world.run();
        world.storage().sync();
        world.run();
    }

    private void settle(String queue, Taker taker, Delivery delivery) {
        world.settle(queue, taker, Outcome.ACCEPTED, delivery);
        world.run();
    }

    @Test
    void theConsumersOfSeveralQueuesHoldNoMoreThanTheLimitTogether() {
        credit.limit(3);
        Taker one = consumer("one");
        Taker two = consumer("two");
        world.publish("one,two", 10, true);
        syncAndRun();

        assertThat(one.deliveries().size() + two.deliveries().size()).isEqualTo(3);
    }

    @Test
    void whatOneSettlesAnotherMayHave() {
        credit.limit(1);
        Taker one = consumer("one");
        Taker two = consumer("two");
        world.publish("one", 1, true);
        syncAndRun();
        Delivery held = one.deliveries().getFirst();
        world.publish("two", 1, true);
        syncAndRun();
        assertThat(two.deliveries()).isEmpty();

        settle("one", one, held);
        assertThat(two.deliveries()).hasSize(1);
    }

    @Test
    void whatWasHeldBeforeCounts() {
        Taker one = world.consume("one", 0);
        world.publish("one", 2, true);
        syncAndRun();
        List<Delivery> held = one.deliveries();
        assertThat(held).hasSize(2);

        credit.limit(2);
        world.share(one, credit);
        Taker two = consumer("two");
        world.publish("two", 2, true);
        syncAndRun();
        assertThat(two.deliveries()).isEmpty();
        settle("one", one, held.getFirst());
        assertThat(two.deliveries()).hasSize(1);
    }

    @Test
    void aHigherLimitCountsAtOnceAndALowerOneTakesNothingBack() {
        credit.limit(1);
        Taker one = consumer("one");
        world.publish("one", 9, true);
        syncAndRun();
        assertThat(one.tookNow()).containsExactly("0");

        credit.limit(3);
        world.run();
        List<Delivery> more = one.deliveries();
        assertThat(more).hasSize(2);

        credit.limit(2);
        settle("one", one, more.getFirst());
        assertThat(one.deliveries()).isEmpty();
        settle("one", one, more.getLast());
        assertThat(one.tookNow()).containsExactly("3");

        credit.limit(0);
        world.run();
        assertThat(one.deliveries()).hasSize(5);
    }

    @Test
    void aPauseStopsThoseTooThatSettleAtOnce() {
        Taker one = world.consume("one", 0, true, false, new Answer<Done>());
        world.share(one, credit);
        credit.limit(1);
        credit.pause();
        world.publish("one", 3, true);
        syncAndRun();
        assertThat(one.deliveries()).isEmpty();

        credit.resume();
        world.run();
        assertThat(one.tookNow()).containsExactly("0", "1", "2");
    }

    @Test
    void whatIsSettledOfAQueueThatIsGoneIsRoomForOthers() {
        credit.limit(1);
        Taker one = consumer("one");
        Taker two = consumer("two");
        world.publish("one", 1, true);
        syncAndRun();
        Delivery held = one.deliveries().getFirst();
        world.publish("two", 1, true);
        world.drop("one");
        syncAndRun();
        assertThat(two.deliveries()).isEmpty();

        settle("one", one, held);
        assertThat(two.deliveries()).hasSize(1);
    }

    @Test
    void noQueueIsLeftBehind() {
        credit.limit(1);
        world.declare("three");
        List<String> queues = List.of("one", "two", "three");
        List<Taker> takers = queues.stream().map(this::consumer).toList();
        world.publish("one,two,three", 30, true);
        syncAndRun();

        int[] took = new int[3];
        for (int i = 0; i < 30; i++) {
            for (int q = 0; q < 3; q++) {
                List<Delivery> now = takers.get(q).deliveries();
                if (!now.isEmpty()) {
                    took[q]++;
                    settle(queues.get(q), takers.get(q), now.getFirst());
                    break;
                }
            }
        }
        assertThat(took).as("took").isNotNull();
        for (int each : took) {
            assertThat(each).isBetween(9, 11);
        }
    }

    @Test
    void whoSettlesAtOnceWaitsWhileTheOthersHoldAll() {
        credit.limit(1);
        Taker one = consumer("one");
        Taker two = world.consume("two", 0, true, false, new Answer<Done>());
        world.share(two, credit);
        world.publish("one", 1, true);
        syncAndRun();
        world.publish("two", 5, true);
        syncAndRun();
        assertThat(two.deliveries()).isEmpty();

        settle("one", one, one.deliveries().getFirst());
        assertThat(two.deliveries()).hasSize(5);
    }

    @Test
    void creditThatFoundNoMessageGoesToTheNext() {
        credit.limit(1);
        Taker one = consumer("one");
        Taker two = consumer("two");
        world.run();
        world.publish("two", 1, true);
        syncAndRun();

        assertThat(one.deliveries()).isEmpty();
        assertThat(two.deliveries()).hasSize(1);
    }
}

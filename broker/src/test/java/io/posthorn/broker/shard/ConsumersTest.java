package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.ConsumerSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Which consumer gets a message, and how long it may keep it.
class ConsumersTest {
    private final ShardWorld world = new ShardWorld(new FakeStorage().syncsAtOnce());

    @Test
    void aLowerPriorityGetsOnlyWhatAllHigherOnesCannotTake() {
        world.declare("q");
        var low = world.consume("q", 10, priority(-1));
        var high = world.consume("q", 2, priority(5));
        var alsoHigh = world.consume("q", 1, priority(5));
        world.publish("q", 5, true);
        world.run();
        assertThat(high.tookNow()).containsExactly("0", "2");
        assertThat(alsoHigh.tookNow()).containsExactly("1");
        assertThat(low.tookNow()).containsExactly("3", "4");
    }

    @Test
    void oneActiveConsumerGetsEverythingUntilItGoes() {
        world.declare("q", Map.of("x-single-active-consumer", true));
        var first = world.consume("q", 10);
        var second = world.consume("q", 10, priority(9));
        world.publish("q", 2, true);
        world.run();
        assertThat(first.tookNow()).containsExactly("0", "1");
        world.cancel("q", first);
        world.publish("q", 1, true);
        world.run();
        assertThat(second.tookNow()).as("at once, for a classic queue").containsExactly("2");
    }

    @Test
    void inAQuorumQueueTheNextBeginsWhenTheLastHoldsNothing() {
        world.declare("q", Map.of("x-single-active-consumer", true, "x-queue-type", "quorum"));
        var first = world.consume("q", 10);
        world.publish("q", 1, true);
        world.run();
        var held = first.deliveries().getFirst();
        var better = world.consume("q", 10, priority(1));
        world.publish("q", 1, true);
        world.run();
        assertThat(better.tookNow()).isEmpty();
        assertThat(first.tookNow()).as("it is on its way out").isEmpty();
        world.settle("q", first, Outcome.ACCEPTED, held);
        world.run();
        assertThat(better.tookNow()).containsExactly("1");
        world.close("q", better);
        world.run();
        assertThat(first.tookNow()).as("what the better one gave back").containsExactly("1");
    }

    @Test
    void whoWasToBeReplacedGoesOnWhenItsBetterGoesBeforeItHasSettled() {
        world.declare("q", Map.of("x-single-active-consumer", true, "x-queue-type", "quorum"));
        var first = world.consume("q", 10);
        world.publish("q", 1, true);
        world.run();
        var held = first.deliveries().getFirst();
        var better = world.consume("q", 10, priority(5));
        world.publish("q", 1, true);
        world.run();
        assertThat(first.tookNow()).as("it is on its way out").isEmpty();
        world.close("q", better);
        world.run();
        assertThat(first.tookNow()).as("at once, though it holds one").containsExactly("1");
        world.settle("q", first, Outcome.ACCEPTED, held);
        world.publish("q", 1, true);
        world.run();
        assertThat(first.tookNow()).containsExactly("2");
    }

    @Test
    void exclusiveAndSingleActiveDoNotGoTogether() {
        world.declare("q", Map.of("x-single-active-consumer", true));
        var reply = new Answer<io.posthorn.broker.Done>();
        world.consume("q", 1, false, true, reply);
        world.run();
        assertThat(reply.failure()).isInstanceOf(BrokerException.AccessRefused.class);
    }

    @Test
    void whoHoldsADeliveryForTooLongLosesItAndIsToldSo() {
        world.declare("q", Map.of());
        var late = world.consume("q", 2, timeout(1_000));
        world.publish("q", 1, true);
        world.run();
        assertThat(late.tookNow()).containsExactly("0");
        pass(600);
        world.publish("q", 1, true);
        world.run();
        var inTime = late.deliveries().getFirst();
        pass(399);
        assertThat(late.cancelled).isFalse();
        pass(1);
        assertThat(late.cancelled).isTrue();
        world.settle("q", late, Outcome.ACCEPTED, inTime);
        var next = world.consume("q", 0);
        world.run();
        assertThat(next.deliveries())
                .as("both are given back, as the consumer has gone")
                .hasSize(2)
                .allMatch(delivery -> delivery.redelivered());
    }

    @Test
    void whoSettlesInTimeStays() {
        world.declare("q", Map.of());
        var consumer = world.consume("q", 1, timeout(1_000));
        world.publish("q", 20, true);
        world.run();
        for (int i = 0; i < 20; i++) {
            pass(900);
            world.settle("q", consumer, Outcome.ACCEPTED, consumer.deliveries().getFirst());
            world.run();
        }
        pass(5_000);
        assertThat(consumer.cancelled).isFalse();
    }

    @Test
    void aDeliveryThatComesAgainHasItsTimeAnew() {
        world.declare("q", Map.of());
        var consumer = world.consume("q", 1, timeout(1_000));
        world.publish("q", 1, true);
        world.run();
        pass(900);
        world.settle("q", consumer, Outcome.RELEASED, consumer.deliveries().getFirst());
        world.run();
        pass(900);
        assertThat(consumer.cancelled).isFalse();
        pass(100);
        assertThat(consumer.cancelled).isTrue();
    }

    private void pass(long millis) {
        world.time().pass(millis);
        world.run();
    }

    private static ConsumerSettings priority(int priority) {
        return ConsumerSettings.of(new Arguments(Map.of("x-priority", priority)), "queue 'q'", "classic");
    }

    private static ConsumerSettings timeout(long millis) {
        return ConsumerSettings.of(new Arguments(Map.of("x-consumer-timeout", millis)), "queue 'q'", "classic");
    }
}

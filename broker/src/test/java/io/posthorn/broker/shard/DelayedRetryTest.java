package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Delivery;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What comes back to a queue may have to wait before it is delivered again, longer each time.
class DelayedRetryTest {
    private ShardWorld world = new ShardWorld(new FakeStorage().syncsAtOnce());

    @Test
    void eachReturnWaitsLongerUpToTheLongest() {
        declare("all", 1_000, 2_500);
        world.publish("q", 1, true);
        var consumer = world.consume("q", 0);
        world.run();
        Delivery delivery = consumer.deliveries().getFirst();
        for (int wait : List.of(1_000, 2_000, 2_500, 2_500)) {
            giveBack(consumer, delivery, Outcome.RELEASED);
            assertThat(world.status("q").ready()).isZero();
            assertThat(world.status("q").unsettled()).isEqualTo(1);
            pass(wait - 1);
            assertThat(consumer.deliveries()).isEmpty();
            pass(1);
            delivery = consumer.deliveries().getFirst();
            assertThat(delivery.redelivered()).isTrue();
        }
        assertThat(delivery.deliveryCount()).isEqualTo(4);
    }

    @Test
    void withoutALongestEachReturnWaitsAsLong() {
        world.declare("q", Map.of("x-queue-type", "quorum", "x-delayed-retry-type", "all", "x-delayed-retry-min", 50));
        world.publish("q", 1, true);
        var consumer = world.consume("q", 0);
        world.run();
        for (int i = 0; i < 3; i++) {
            giveBack(consumer, consumer.deliveries().getFirst(), Outcome.FAILED);
            pass(49);
            assertThat(world.status("q").unsettled()).isEqualTo(1);
            pass(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"all, true, true", "failed, true, false", "returned, false, true", "disabled, false, false"})
    void theTypeSaysWhatWaits(String type, boolean failed, boolean returned) {
        declare(type, 1_000, 1_000);
        world.publish("q", 1, true);
        var consumer = world.consume("q", 0);
        world.run();
        assertThat(comesLater(consumer, Outcome.FAILED)).isEqualTo(failed);
        assertThat(comesLater(consumer, Outcome.RELEASED)).isEqualTo(returned);
        world.close("q", consumer);
        world.run();
        assertThat(world.status("q").ready()).as("of one who went").isEqualTo(failed ? 0 : 1);
    }

    /// Whether what the consumer gives back comes again, and not at once.
    private boolean comesLater(Taker consumer, Outcome outcome) {
        world.takeArrived();
        giveBack(consumer, consumer.deliveries().getFirst(), outcome);
        int arrived = world.takeArrived().size();
        pass(1_000);
        return arrived == 0 && world.takeArrived().size() == 1;
    }

    @Test
    void whatWaitedHasItsPlaceAgainAndOthersOvertakeItMeanwhile() {
        declare("all", 1_000, 1_000);
        world.publish("q", 3, true);
        var one = world.consume("q", 1);
        world.run();
        giveBack(one, one.deliveries().getFirst(), Outcome.RELEASED);
        assertThat(one.tookNow()).containsExactly("1");
        world.cancel("q", one);
        pass(1_000);
        var rest = world.consume("q", 0);
        world.run();
        assertThat(rest.tookNow()).containsExactly("0", "2");
    }

    @Test
    void aPurgeLeavesWhatWaits() {
        declare("all", 1_000, 1_000);
        world.publish("q", 2, true);
        var consumer = world.consume("q", 1);
        world.run();
        world.cancel("q", consumer);
        giveBack(consumer, consumer.deliveries().getFirst(), Outcome.RELEASED);
        assertThat(world.purge("q")).isEqualTo(1);
        pass(1_000);
        assertThat(world.status("q").ready()).isEqualTo(1);
    }

    @Test
    void whatComesBackTooOftenDoesNotWait() {
        world.declare(
                "q",
                Map.of(
                        "x-queue-type",
                        "quorum",
                        "x-delivery-limit",
                        1,
                        "x-delayed-retry-type",
                        "all",
                        "x-delayed-retry-min",
                        1_000));
        world.publish("q", 1, true);
        var consumer = world.consume("q", 0);
        world.run();
        giveBack(consumer, consumer.deliveries().getFirst(), Outcome.FAILED);
        pass(1_000);
        giveBack(consumer, consumer.deliveries().getFirst(), Outcome.FAILED);
        assertThat(world.status("q").unsettled()).isZero();
        pass(5_000);
        assertThat(consumer.deliveries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fifo", "lifo", "fair"})
    void whatWaitsWaitsOverRestartsAndKnowsHowOftenItCameBack(String order) {
        for (boolean clean : new boolean[] {true, false}) {
            world = new ShardWorld(new FakeStorage().syncsAtOnce());
            declareOrdered(order, 10_000);
            world.publish("q", 5, true);
            var consumer = world.consume("q", 0);
            world.run();
            List<Delivery> held = List.copyOf(consumer.deliveries());
            giveBack(consumer, held.get(1), Outcome.RELEASED);
            pass(10_000);
            Delivery twice = consumer.deliveries().getLast();
            giveBack(consumer, twice, Outcome.RELEASED);
            giveBack(consumer, held.get(2), Outcome.ACCEPTED);
            pass(5_000);
            world = clean ? world.stopAndStart() : world.killAndStart();
            world.run();
            assertThat(world.status("q").unsettled()).isEqualTo(1);
            assertThat(world.status("q").ready()).isEqualTo(3);
            var next = world.consume("q", 0);
            world.run();
            assertThat(next.deliveries()).hasSize(3).noneMatch(each -> each.deliveryId() == twice.deliveryId());
            pass(14_999);
            assertThat(next.deliveries()).isEmpty();
            pass(1);
            assertThat(next.deliveries()).singleElement().satisfies(again -> {
                assertThat(again.deliveryId()).isEqualTo(twice.deliveryId());
                assertThat(again.deliveryCount()).isEqualTo(2);
            });
        }
    }

    @Test
    void whatWasDueWhileTheBrokerWasDownIsReady() {
        declare("all", 1_000, 1_000);
        world.publish("q", 1, true);
        var consumer = world.consume("q", 1);
        world.run();
        world.cancel("q", consumer);
        giveBack(consumer, consumer.deliveries().getFirst(), Outcome.RELEASED);
        world.time().pass(5_000);
        world = world.killAndStart();
        world.run();
        assertThat(world.status("q").ready()).isEqualTo(1);
        assertThat(world.status("q").unsettled()).isZero();
    }

    @Test
    void aSnapshotKnowsWhatWaits() {
        declare("all", 60_000, 60_000);
        world.publish("q", 3, true);
        var consumer = world.consume("q", 2);
        world.run();
        world.cancel("q", consumer);
        for (Delivery each : List.copyOf(consumer.deliveries())) {
            giveBack(consumer, each, Outcome.RELEASED);
        }
        world.snapshot();
        world.run();
        world = world.killAndStart();
        world.run();
        assertThat(world.status("q").ready()).isEqualTo(1);
        assertThat(world.status("q").unsettled()).isEqualTo(2);
    }

    private void declareOrdered(String order, int least) {
        var arguments = new HashMap<String, @Nullable Object>(
                Map.of("x-queue-type", "quorum", "x-delayed-retry-type", "returned", "x-delayed-retry-min", least));
        arguments.put("x-delayed-retry-max", 10 * least);
        switch (order) {
            case "lifo" -> arguments.put("x-delivery-order", "lifo");
            case "fair" -> arguments.put("x-fair-limit", 100);
            default -> {}
        }
        world.declare("q", arguments);
    }

    @Test
    void everyMessageComesAtItsTime() {
        for (long seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            world = new ShardWorld(new FakeStorage().syncsAtOnce());
            declare("all", 100, 1_000);
            world.publish("q", 50, true);
            var consumer = world.consume("q", 0);
            world.run();
            var held = new ArrayList<>(consumer.deliveries());
            var dues = new long[50];
            for (int step = 0; step < 200; step++) {
                for (int i = random.nextInt(4); i > 0 && !held.isEmpty(); i--) {
                    Delivery delivery = held.remove(random.nextInt(held.size()));
                    dues[(int) delivery.deliveryId()] =
                            world.time().millis() + Math.min(100L * (delivery.deliveryCount() + 1), 1_000);
                    world.settle("q", consumer, Outcome.RELEASED, delivery);
                }
                world.run();
                pass(random.nextInt(80));
                for (Delivery delivery : List.copyOf(consumer.deliveries())) {
                    held.add(delivery);
                    assertThat(dues[(int) delivery.deliveryId()])
                            .as("seed %s", seed)
                            .isLessThanOrEqualTo(world.time().millis());
                    dues[(int) delivery.deliveryId()] = 0;
                }
                for (long due : dues) {
                    assertThat(due == 0 || due > world.time().millis())
                            .as("nothing is late, seed %s", seed)
                            .isTrue();
                }
            }
        }
    }

    private void declare(String type, int least, int most) {
        Map<String, @Nullable Object> arguments = Map.of(
                "x-queue-type",
                "quorum",
                "x-delayed-retry-type",
                type,
                "x-delayed-retry-min",
                least,
                "x-delayed-retry-max",
                most);
        world.declare("q", arguments);
    }

    private void giveBack(Taker taker, Delivery delivery, Outcome outcome) {
        world.settle("q", taker, outcome, delivery);
        world.run();
    }

    private void pass(long millis) {
        world.time().pass(millis);
        world.run();
    }
}

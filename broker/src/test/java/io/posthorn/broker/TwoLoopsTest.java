package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// A session whose thread is not the shards'.
class TwoLoopsTest {
    private final HandExecutor shards = new HandExecutor(false);
    private final HandExecutor io = new HandExecutor(true);
    private final BrokerWorld world =
            new BrokerWorld(new FakeStorage().syncsAtOnce(), BrokerOptions.forHeap(1 << 28), shards);
    private final Client client = world.connect(io);

    @Test
    void deliveriesAreHandedOverOncePerPassAndInOrder() {
        client.declare("q");
        run();
        var consumer = client.consume("q", 0);
        run();
        for (int i = 0; i < 100; i++) {
            client.publish("", "q", "m" + i, i);
        }
        client.session.flush();
        while (shards.runOne()) {
            // The shards first, so that what they hand over is counted.
        }
        assertThat(consumer.arrived).isEmpty();
        assertThat(io.runAll()).as("receipts and deliveries together").isEqualTo(1);
        assertThat(consumer.arrived).hasSize(100);
        assertThat(client.accepted).hasSize(100);
    }

    @Test
    void aSinkThatTakesNoMoreHoldsBackTheShardAndLosesNothing() {
        client.declare("q");
        run();
        var consumer = client.consume("q", 0);
        run();
        consumer.welcome = false;
        var expected = new ArrayList<String>();
        for (int i = 0; i < 2_000; i++) {
            client.publish("", "q", "m" + i, i);
            expected.add("m" + i);
        }
        client.session.flush();
        run();
        assertThat(consumer.arrived).hasSize(1);
        assertThat(client.status("q", this::run).unsettled()).isLessThan(1_000);

        consumer.welcome = true;
        consumer.handle().resume();
        run();
        assertThat(consumer.bodies()).isEqualTo(expected);
    }

    @Test
    void whatIsUnderWayToASinkThatTakesNoMoreIsBoundedInBytesAndCounted() {
        client.declare("q");
        run();
        for (int i = 0; i < 60; i++) {
            client.publish("", "q", "x".repeat(100_000), i);
            client.session.flush();
            run();
        }
        long before = world.broker.memory().heldBytes();
        var slow = world.connect(io);
        var consumer = slow.consume("q", 0);
        consumer.welcome = false;
        run();
        assertThat(consumer.arrived).hasSize(1);
        assertThat(client.status("q", this::run).unsettled()).isBetween(5L, 16L);
        assertThat(world.broker.memory().heldBytes()).isGreaterThan(before + 500_000);

        consumer.welcome = true;
        consumer.handle().resume();
        run();
        assertThat(consumer.arrived).hasSize(60);
        assertThat(world.broker.memory().heldBytes()).isEqualTo(before);
    }

    @Test
    void whatIsUnderWayToASessionThatHasClosedIsLetGoOfAndThereForOthers() {
        client.declare("q");
        run();
        long before = world.broker.memory().heldBytes();
        var gone = world.connect(io);
        var consumer = gone.consume("q", 0);
        consumer.welcome = false;
        run();
        for (int i = 0; i < 30; i++) {
            client.publish("", "q", "x".repeat(100_000), i);
        }
        client.session.flush();
        world.run();
        io.runOne();
        gone.session.close();
        run();
        assertThat(client.status("q", this::run).unsettled()).isZero();
        assertThat(world.broker.memory().heldBytes()).isEqualTo(before);
        var next = client.consume("q", 0);
        run();
        assertThat(next.arrived).hasSize(30);
    }

    @Test
    void theAnswerToACancelComesBehindTheLastDelivery() {
        client.declare("q");
        run();
        var consumer = client.consume("q", 0);
        run();
        client.publish("", "q", "m", 1);
        client.session.flush();
        var cancelled = new Answer<Done>();
        consumer.handle().cancel(cancelled);
        run();
        assertThat(cancelled.isThere()).isTrue();
        long held = client.status("q", this::run).unsettled();
        assertThat(consumer.arrived).hasSize((int) held);
    }

    private void run() {
        do {
            world.run();
        } while (io.runAll() > 0);
    }
}

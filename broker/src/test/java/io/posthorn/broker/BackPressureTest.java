package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerWorld.Client;
import java.util.ArrayList;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackPressureTest {
    private static final int KIB = 1024;

    @Test
    void batchesThatAFullMailboxRefusesWaitInOrderWithTheirSession() {
        var options = new BrokerOptions(1 << 28, 0.6, KIB, 1 << 20, 1 << 20, 1);
        var world = new BrokerWorld(new FakeStorage().syncsAtOnce(), options);
        Client client = world.connect();
        client.declare("q");
        world.run();
        var expected = new ArrayList<String>();
        for (int i = 0; i < 200; i++) {
            client.publish("", "q", "message " + i, i);
            client.session.flush();
            expected.add("message " + i);
        }
        assertThat(client.gates).containsExactly(false);
        var consumer = client.consume("q", 0);
        world.run();
        assertThat(client.gates).containsExactly(false, true);
        assertThat(client.accepted).hasSize(200);
        assertThat(consumer.bodies()).isEqualTo(expected);
    }

    @Test
    void whatTheDiskHasNotTakenYetHoldsPublishesBack() {
        var options = new BrokerOptions(1 << 28, 0.6, 1 << 20, 5, 1 << 20, 1);
        var world = new BrokerWorld(new FakeStorage(), options);
        Client client = world.connect();
        client.declare("q");
        world.syncAndRun();
        for (int i = 0; i < 20; i++) {
            client.publish("", "q", "message " + i, i);
            client.session.flush();
        }
        world.run();
        // The fake's positions count entries: no more than the limit and one are appended.
        assertThat(world.storage.end() - world.storage.durableEnd()).isEqualTo(6);
        world.syncAndRun();
        assertThat(client.accepted).hasSize(20);
    }

    @Test
    void heldMemoryStopsPublishersUntilEnoughOfItIsFreeAgain() {
        var options = new BrokerOptions(1000 * KIB, 0.5, 1 << 20, 1 << 20, 1 << 20, 1);
        var world = new BrokerWorld(new FakeStorage(), options);
        Client client = world.connect();
        world.broker.memory().hold(501 * KIB);
        world.run();
        assertThat(client.alarms).containsExactly(Alarm.MEMORY);
        assertThat(world.broker.alarms()).containsExactly(Alarm.MEMORY);
        world.broker.memory().release(30 * KIB);
        world.run();
        assertThat(client.alarms).as("a little less is not enough").containsExactly(Alarm.MEMORY);
        world.broker.memory().release(30 * KIB);
        world.run();
        assertThat(client.alarms).isEqualTo(Set.of());
    }

    @Test
    void aSessionOpenedUnderAnAlarmHearsOfIt() {
        var options = new BrokerOptions(1000 * KIB, 0.5, 1 << 20, 1 << 20, 1 << 20, 1);
        var world = new BrokerWorld(new FakeStorage(), options);
        world.broker.memory().hold(600 * KIB);
        Client late = world.connect();
        world.run();
        assertThat(late.alarms).containsExactly(Alarm.MEMORY);
    }

    @Test
    void aMessageBeyondTheLimitIsRefusedBeforeItIsCopied() {
        var options = new BrokerOptions(1 << 28, 0.6, 1 << 20, 1 << 20, 10, 1);
        Client client = new BrokerWorld(new FakeStorage(), options).connect();
        assertThatThrownBy(() -> client.publish("", "q", "eleven byte", 1))
                .isInstanceOf(BrokerException.MessageTooLarge.class)
                .hasMessage("message size 11 is larger than configured max size 10");
    }
}

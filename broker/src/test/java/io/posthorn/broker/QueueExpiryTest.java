package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.Map;
import org.junit.jupiter.api.Test;

/// Queues that are deleted when nobody has used them for a while.
class QueueExpiryTest {
    private final BrokerWorld world = new BrokerWorld(new FakeStorage());
    private final BrokerWorld.Client client = world.connect();

    @Test
    void aQueueThatNobodyUsesIsDeletedAfterItsTime() {
        declare("q", 1_000);
        world.time.pass(999);
        world.syncAndRun();
        assertThat(exists("q")).isTrue();
        world.time.pass(1_000);
        world.syncAndRun();
        assertThat(exists("q")).isFalse();
    }

    @Test
    void declaringItAgainIsUse() {
        declare("q", 1_000);
        for (int i = 0; i < 5; i++) {
            world.time.pass(900);
            world.syncAndRun();
            declare("q", 1_000);
        }
        assertThat(exists("q")).isTrue();
    }

    @Test
    void aConsumerIsUseAndItsTimeBeginsWhenTheLastHasGone() {
        declare("q", 1_000);
        var consumer = client.consume("q", 1);
        world.syncAndRun();
        world.time.pass(10_000);
        world.syncAndRun();
        assertThat(exists("q")).isTrue();
        consumer.handle().close();
        world.syncAndRun();
        world.time.pass(999);
        world.syncAndRun();
        assertThat(exists("q")).isTrue();
        world.time.pass(1);
        world.syncAndRun();
        assertThat(exists("q")).isFalse();
    }

    @Test
    void aTimeThatComesWhenTheBrokersThreadsHaveEndedHarmsNobody() {
        declare("q", 1_000);
        world.loop.stop();
        assertThatNoException().isThrownBy(() -> world.time.pass(1_000));
    }

    private void declare(String name, int expires) {
        var arguments = new Arguments(Map.of("x-expires", expires));
        client.session.declareQueue(new QueueSpec(name, true, false, false, arguments), new Answer<>());
        world.syncAndRun();
    }

    /// As a list tells it, which is no use of the queue.
    private boolean exists(String name) {
        var answer = new Answer<java.util.List<QueueStatus>>();
        client.session.listQueues(answer);
        world.syncAndRun();
        return answer.get().stream().anyMatch(status -> status.name().equals(name));
    }
}

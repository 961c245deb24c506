package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.broker.topic.AppendRule;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who goes while something that was asked for waits gets nothing that nobody would give back.
class GoneTest {
    private final FakeStorage storage = new FakeStorage();
    private final BrokerWorld world = new BrokerWorld(storage);
    private final Client client = world.connect();
    private final Client other = world.connect();
    private final ConsumerHandle getter = client.session.getter();

    // ---- Of queues

    @Test
    void aGetThatWaitsForTheDiskTakesNothingOnceItsOwnerHasGone() {
        declare();
        publish();
        var reply = get("q");
        world.run();
        assertThat(reply.isThere())
                .as("what was published before is not durable")
                .isFalse();
        getter.close();
        isThereForOthers();
        assertThat(reply.failure()).isInstanceOf(BrokerException.PreconditionFailed.class);
    }

    @Test
    void aGetThatWaitsForTheDiskTakesNothingOnceItsSessionIsClosed() {
        declare();
        publish();
        get("q");
        world.run();
        client.session.close();
        isThereForOthers();
    }

    @Test
    void aGetThatWaitsForAMessageToBeReadTakesNothingOnceItsOwnerHasGone() {
        declare();
        publish();
        other.get("q"); // the queue is no longer untouched
        world.syncAndRun();
        storage.makeCold();
        publish();
        world.syncAndRun();
        var reply = get("q");
        world.loop.runAll();
        assertThat(reply.isThere()).as("nobody has read it").isFalse();
        getter.close();
        isThereForOthers();
    }

    @Test
    void aClaimThatWaitsForTheDiskTakesNothingOnceItsOwnerHasGone() {
        declare();
        publish();
        var reply = new Answer<List<Long>>();
        client.session.claim("q", List.of(0L), getter, reply);
        world.run();
        assertThat(reply.isThere()).isFalse();
        getter.close();
        isThereForOthers();
    }

    private void declare() {
        client.declare("q");
        world.syncAndRun();
    }

    private void publish() {
        client.publish("", "q", "m", 1);
        client.session.flush();
        world.run();
    }

    private Answer<Optional<Delivery>> get(String queue) {
        var reply = new Answer<Optional<Delivery>>();
        client.session.get(queue, false, getter, reply);
        return reply;
    }

    private void isThereForOthers() {
        world.syncAndRun();
        var status = other.status("q");
        assertThat(status.unsettled()).isZero();
        assertThat(status.ready()).isEqualTo(1);
        var got = other.get("q");
        world.syncAndRun();
        assertThat(got.get()).isPresent();
    }

    // ---- Of topics

    @Test
    void aConsumerOfATopicBeginsNothingOnceItsSessionIsClosed() {
        client.createTopic("t", 2);
        world.syncAndRun();
        append(0);
        TestConsumer consumer = client.consume("t", 0);
        world.run();
        assertThat(consumer.reply.isThere()).as("the cursor is not durable").isFalse();
        client.session.close();
        world.syncAndRun();
        assertThat(other.status("t").consumers()).isZero();
        assertThat(other.status("t").unsettled()).isZero();
        assertThat(consumer.arrived).isEmpty();
    }

    @Test
    void aGetAsksNoFurtherPartOfATopicOnceItsOwnerHasGone() {
        client.createTopic("t", 2);
        world.syncAndRun();
        get("t"); // there is a cursor
        world.syncAndRun();
        append(1);
        get("t"); // it asks the other part first, which has nothing
        getter.close();
        world.syncAndRun();
        assertThat(other.status("t").unsettled()).isZero();
        assertThat(other.status("t").ready()).isEqualTo(1);
    }

    private void append(int partition) {
        var rule = new AppendRule(true, AppendRule.Origin.CLIENT);
        client.append(client.topic("t").partitions().get(partition), BrokerWorld.records("m"), rule);
        world.syncAndRun();
    }
}

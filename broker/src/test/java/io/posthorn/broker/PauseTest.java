package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A paused queue keeps what it gets and delivers nothing.
class PauseTest {
    private final BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
    private final Client client = world.connect();

    @Test
    void aPausedQueueTakesMessagesAndDeliversNoneUntilItIsResumed() {
        client.declare("q");
        var consumer = client.consume("q", 0);
        world.run();
        pause("q", "the database is away");
        client.publish("", "q", "one", 1);
        client.session.flush();
        world.run();
        assertThat(client.accepted).containsExactly(1L);
        assertThat(consumer.bodies()).isEmpty();
        var got = client.get("q");
        world.run();
        assertThat(got.get()).isEmpty();
        assertThat(client.status("q").pausedBecause()).isEqualTo("the database is away");
        assertThat(client.status("q").ready()).isEqualTo(1);
        assertThat(client.status("q").consumers()).isEqualTo(1);

        resume("q");
        assertThat(consumer.bodies()).containsExactly("one");
        assertThat(client.status("q").pausedBecause()).isNull();
    }

    @Test
    void whatWasDeliveredBeforeThePauseIsSettledDuringIt() {
        client.declare("q");
        var consumer = client.consume("q", 1);
        client.publish("", "q", "one", 1);
        client.publish("", "q", "two", 2);
        client.session.flush();
        world.run();
        pause("q", "why not");
        consumer.settleAll(Outcome.ACCEPTED);
        world.run();
        assertThat(consumer.bodies()).containsExactly("one");
        assertThat(client.status("q").unsettled()).isZero();
        resume("q");
        assertThat(consumer.bodies()).containsExactly("one", "two");
    }

    @Test
    void aPausedQueueIsPurgedAndDeletedAsAnyOther() {
        client.declare("q");
        pause("q", "why not");
        client.publish("", "q", "one", 1);
        client.session.flush();
        var purged = new Answer<Long>();
        client.session.purgeQueue("q", purged);
        var deleted = new Answer<Long>();
        client.session.deleteQueue("q", false, true, deleted);
        world.run();
        assertThat(purged.get()).isEqualTo(1);
        assertThat(deleted.get()).isZero();
        assertThat(client.declare("q").get().pausedBecause())
                .as("another queue of the name")
                .isNull();
    }

    @Test
    void thePauseOfADurableQueueOutlivesACrashAndItsEndDoesToo() {
        client.declare("paused");
        client.declare("resumed");
        pause("paused", "first");
        pause("paused", "second");
        pause("resumed", "for a while");
        resume("resumed");
        client.publish("", "paused", "one", 1);
        client.session.flush();
        world.run();

        var after = new BrokerWorld(world.storage.crash());
        Client reader = after.connect();
        var consumer = reader.consume("paused", 0);
        after.syncAndRun();
        assertThat(consumer.bodies()).isEmpty();
        assertThat(reader.status("paused", after::syncAndRun).pausedBecause()).isEqualTo("second");
        assertThat(reader.status("resumed", after::syncAndRun).pausedBecause()).isNull();
        reader.session.resumeQueue("paused", new Answer<>());
        after.syncAndRun();
        assertThat(consumer.bodies()).containsExactly("one");
    }

    @Test
    void onlyWhatIsThereIsPausedAndOnlyByWhoMayUseIt() {
        assertThat(failure("missing"))
                .isInstanceOf(BrokerException.NotFound.class)
                .hasMessage("no queue 'missing' in vhost '/'");
        var other = world.connect();
        other.session.declareQueue(new QueueSpec("locked", false, true, false, Arguments.NONE), new Answer<>());
        world.run();
        assertThat(failure("locked")).isInstanceOf(BrokerException.ResourceLocked.class);
        var answer = new Answer<Done>();
        client.declare("q");
        client.session.resumeQueue("q", answer);
        world.run();
        assertThat(answer.get()).isEqualTo(Done.DONE);
    }

    private @Nullable BrokerException failure(String queue) {
        return pausing(queue, "why not").failure();
    }

    private void pause(String queue, String reason) {
        pausing(queue, reason).get();
    }

    private Answer<Done> pausing(String queue, String reason) {
        var answer = new Answer<Done>();
        client.session.pauseQueue(queue, reason, answer);
        world.run();
        return answer;
    }

    private void resume(String queue) {
        var answer = new Answer<Done>();
        client.session.resumeQueue(queue, answer);
        world.run();
        answer.get();
    }
}

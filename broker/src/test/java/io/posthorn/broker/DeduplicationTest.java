package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Messages that come twice get into the queue once.
class DeduplicationTest {
    private static final Bytes MESSAGE_ID = Bytes.utf8("message-id");

    private BrokerWorld world = new BrokerWorld(new FakeStorage());
    private BrokerWorld.Client client = world.connect();
    private long sequence;

    @Test
    void aDuplicateIsConfirmedAndNotKept() {
        declare(true);
        publish("a", "b", "a");
        publish("b", "c");
        assertThat(client.status("q").ready()).isEqualTo(3);
        assertThat(client.accepted).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void aDuplicateIsConfirmedOnlyWhenWhatItRepeatsIsDurable() {
        declare(true);
        send("a");
        world.run();
        send("a");
        world.run();
        assertThat(client.accepted).isEmpty();
        world.syncAndRun();
        assertThat(client.accepted).containsExactly(1L, 2L);
    }

    @Test
    void aDuplicateDoesNotWaitForASyncThatNobodyAsksFor() {
        declare(true);
        publish("a");
        BrokerWorld.TestConsumer consumer = client.consume("q", 1);
        world.syncAndRun();
        consumer.settleAll(Outcome.ACCEPTED);
        world.run();
        int asked = world.storage.syncsAsked();
        assertThat(world.storage.durableEnd()).as("the settlement waits").isLessThan(world.storage.end());

        send("a");
        world.run();
        assertThat(world.storage.syncsAsked()).isGreaterThan(asked);
        world.syncAndRun();
        assertThat(client.accepted).containsExactly(1L, 2L);
    }

    @Test
    void aDuplicateIsConfirmedThoughTheQueueIsFull() {
        declare("q", Map.of("x-message-deduplication", true, "x-max-length", 1, "x-overflow", "reject-publish"), true);
        publish("a", "b", "a");
        assertThat(client.accepted).containsExactly(1L, 3L);
        assertThat(client.refused).containsExactly(2L);
        publish("b");
        assertThat(client.refused).as("what was refused has not been seen").containsExactly(2L, 4L);
    }

    @Test
    void messagesWithoutAnIdAreNeverDuplicates() {
        declare(true);
        publish("", "", "");
        assertThat(client.status("q").ready()).isEqualTo(3);
    }

    @Test
    void theWindowEndsByTimeAndByCount() {
        declare(true);
        publish("a");
        world.time.pass(60_001);
        publish("a");
        assertThat(client.status("q").ready()).as("a minute later").isEqualTo(2);
        publish("b", "c", "d");
        publish("a");
        assertThat(client.status("q").ready()).as("three ids later").isEqualTo(6);
    }

    @Test
    void theWindowSurvivesARestartAndASnapshot() {
        declare(true);
        publish("a", "b");
        restart(world.storage.kill());
        publish("a");
        assertThat(client.status("q").ready()).isEqualTo(2);
        world.storage.beginSnapshot();
        world.syncAndRun();
        restart(world.storage.kill());
        publish("b", "c");
        assertThat(client.status("q").ready()).isEqualTo(3);
    }

    @Test
    void whatWasLostInACrashMayComeAgain() {
        declare(true);
        send("a");
        world.run();
        restart(world.storage.crash());
        publish("a");
        assertThat(client.status("q").ready()).isEqualTo(1);
    }

    @Test
    void whatTheDiskDidNotTakeMayComeAgain() {
        declare(true);
        world.storage.setFull(true);
        publish("a");
        assertThat(client.refused).containsExactly(1L);
        world.storage.setFull(false);
        publish("a");
        assertThat(client.status("q").ready()).isEqualTo(1);
    }

    @Test
    void aDuplicateOfWhatNeverBecameDurableIsRefused() {
        declare(true);
        send("a");
        world.run();
        world.storage.failSync();
        world.run();
        send("a");
        world.run();
        assertThat(client.accepted).isEmpty();
        assertThat(client.refused).containsExactly(1L, 2L);
    }

    @Test
    void otherQueuesOfTheSameMessageKeepEverything() {
        declare(true);
        declare("other", Map.of(), true);
        client.bind("amq.fanout", "q");
        client.bind("amq.fanout", "other");
        world.syncAndRun();
        for (int i = 0; i < 3; i++) {
            send("amq.fanout", "a");
        }
        world.syncAndRun();
        assertThat(client.status("q").ready()).isEqualTo(1);
        assertThat(client.status("other").ready()).isEqualTo(3);
        assertThat(client.accepted).hasSize(3);
    }

    @Test
    void aQueueThatIsNotDurableKeepsDuplicatesOutToo() {
        declare(false);
        publish("a", "a", "b");
        assertThat(client.status("q").ready()).isEqualTo(2);
        assertThat(client.accepted).hasSize(3);
    }

    private void declare(boolean durable) {
        declare("q", Map.of("x-message-deduplication", true, "x-cache-size", 3, "x-cache-ttl", 60_000), durable);
    }

    private void declare(String name, Map<String, Object> arguments, boolean durable) {
        var answer = new Answer<QueueStatus>();
        var spec = new QueueSpec(name, durable, false, false, new Arguments(Map.copyOf(arguments)));
        client.session.declareQueue(spec, answer);
        world.syncAndRun();
        assertThat(answer.failure()).isNull();
    }

    private void publish(String... ids) {
        for (String id : ids) {
            send(id);
        }
        world.syncAndRun();
    }

    private void send(String id) {
        send("", id);
    }

    private void send(String exchange, String id) {
        List<RecordHeader> headers = id.isEmpty() ? List.of() : List.of(new RecordHeader(MESSAGE_ID, Bytes.utf8(id)));
        client.publisher.publish(BrokerWorld.message(exchange, "q", headers, id), ++sequence);
        client.session.flush();
    }

    private void restart(FakeStorage storage) {
        world = new BrokerWorld(storage);
        client = world.connect();
    }
}

package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Messages whose time is over: from that moment on nobody gets them.
class MessageExpiryTest {
    private FakeStorage storage = new FakeStorage();
    private BrokerWorld world = new BrokerWorld(storage);
    private BrokerWorld.Client client = world.connect();

    @Test
    void theQueueGivesAMessageItsTimeToLive() {
        declare("q", Map.of("x-message-ttl", 10_000));
        publish("q", "a", Message.NEVER);
        pass(9_980);
        assertThat(client.status("q").ready()).isEqualTo(1);
        pass(20);
        assertThat(client.status("q").ready()).isZero();
        assertThat(take("q")).isEmpty();
    }

    @Test
    void aClockThatIsSetBackMakesMessagesLiveLongerAndNotForEver() {
        declare(
                "q",
                Map.of("x-message-ttl", 10_000, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
        declare("dead", Map.of());
        var consumer = client.consume("dead", 0);
        publish("q", "a", Message.NEVER);
        world.time.setBack(2_000);
        pass(10_000);
        // Nothing but the timer wakes the queue's shard.
        assertThat(consumer.bodies()).isEmpty();
        pass(2_000);
        assertThat(consumer.bodies()).containsExactly("a");
    }

    @Test
    void whatIsOverIsNotDeliveredThoughNothingHasSweptItYet() {
        declare("q", Map.of("x-message-ttl", 10_000));
        publish("q", "a", Message.NEVER);
        world.time.pass(10_000);
        assertThat(take("q")).isEmpty();
    }

    @Test
    void theLessOfBothTimesCounts() {
        declare("q", Map.of("x-message-ttl", 10_000));
        publish("q", "short", in(1_000));
        publish("q", "long", in(50_000));
        pass(1_000);
        assertThat(client.status("q").ready()).isEqualTo(1);
        pass(9_000);
        assertThat(client.status("q").ready()).isZero();
    }

    @Test
    void aPublishersTimeActsAtTheHeadOfTheQueue() {
        declare("q", Map.of());
        publish("q", "stays", Message.NEVER);
        publish("q", "over", in(1_000));
        pass(2_000);
        assertThat(client.status("q").ready()).isEqualTo(2);
        assertThat(take("q")).contains("stays");
        world.syncAndRun();
        assertThat(client.status("q").ready()).isZero();
    }

    @Test
    void whatIsOverBehindTheHeadIsNotDeliveredWithIt() {
        declare("q", Map.of());
        publish("q", "stays", Message.NEVER);
        publish("q", "over", in(1_000));
        publish("q", "stays too", Message.NEVER);
        pass(2_000);
        var consumer = client.consume("q", 0);
        world.syncAndRun();
        assertThat(consumer.bodies()).containsExactly("stays", "stays too");
    }

    @Test
    void eachPriorityHasAHeadAndTheOldestExpiresThoughTheNewestGoesFirst() {
        declare("levels", Map.of("x-max-priority", 10));
        declare("lifo", Map.of("x-delivery-order", "lifo", "x-message-ttl", 5_000));
        client.publishExpiring("levels", "low", in(1_000), 1);
        client.publishExpiring("levels", "high", Message.NEVER, 9);
        publish("lifo", "old", Message.NEVER);
        pass(2_000);
        assertThat(ready("levels")).isEqualTo(1);
        publish("lifo", "new", Message.NEVER);
        pass(3_000);
        assertThat(ready("lifo")).isEqualTo(1);
        assertThat(take("lifo")).contains("new");
        assertThat(take("levels")).contains("high");
    }

    @Test
    void noTimeMeansAtOnceOrNever() {
        declare("q", Map.of());
        declare("none", Map.of("x-message-ttl", 0));
        for (String queue : List.of("q", "none")) {
            publish(queue, "nobody is there", queue.equals("q") ? Message.AT_ONCE : Message.NEVER);
            assertThat(client.status(queue).ready()).isZero();
            var consumer = client.consume(queue, 1);
            world.syncAndRun();
            publish(queue, "taken", queue.equals("q") ? Message.AT_ONCE : Message.NEVER);
            publish(queue, "no credit left", queue.equals("q") ? Message.AT_ONCE : Message.NEVER);
            assertThat(consumer.bodies()).containsExactly("taken");
            assertThat(client.status(queue).ready()).isZero();
            consumer.settleAll(Outcome.RELEASED);
            world.syncAndRun();
            assertThat(client.status(queue).ready() + client.status(queue).unsettled())
                    .as("what comes back was offered already")
                    .isZero();
            assertThat(consumer.bodies()).containsExactly("taken");
        }
    }

    @Test
    void comingBackGivesNoNewTime() {
        declare("q", Map.of("x-message-ttl", 10_000));
        publish("q", "a", Message.NEVER);
        var consumer = client.consume("q", 1);
        world.syncAndRun();
        pass(20_000);
        assertThat(client.status("q").unsettled()).isEqualTo(1);
        consumer.handle().close();
        world.syncAndRun();
        assertThat(client.status("q").unsettled() + client.status("q").ready()).isZero();
    }

    @Test
    void timesAreTheSameAfterARestart() {
        for (boolean clean : List.of(true, false)) {
            storage = new FakeStorage();
            world = new BrokerWorld(storage);
            client = world.connect();
            declare("ttl", Map.of("x-message-ttl", 10_000));
            declare("own", Map.of());
            publish("ttl", "a", Message.NEVER);
            publish("own", "a", in(10_000));
            world.time.pass(5_000);
            publish("ttl", "b", Message.NEVER);
            publish("own", "b", in(10_000));
            storage.beginSnapshot();
            world.syncAndRun();
            restart(clean);
            pass(9_980);
            assertThat(ready("ttl") + ready("own")).isEqualTo(4);
            pass(20);
            assertThat(List.of(ready("ttl"), ready("own"))).containsExactly(1L, 1L);
            restart(clean);
            pass(14_980);
            assertThat(ready("ttl") + ready("own")).isEqualTo(2);
            pass(20);
            assertThat(ready("ttl") + ready("own")).isZero();
        }
    }

    @Test
    void whatIsOverGoesToTheDeadLetterExchange() {
        declare("grave", Map.of());
        declare(
                "q",
                Map.of("x-message-ttl", 1_000, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "grave"));
        var bodies = new ArrayList<String>();
        for (int i = 0; i < 3_000; i++) {
            bodies.add("" + i);
            client.publish("", "q", "" + i, i + 1L);
        }
        client.session.flush();
        world.syncAndRun();
        pass(1_000);
        assertThat(client.status("q").ready()).isZero();
        for (String body : bodies) {
            var answer = client.get("grave");
            world.syncAndRun();
            Message dead = answer.get().orElseThrow().message();
            assertThat(dead.body().toUtf8()).isEqualTo(body);
            assertThat(dead.expiresAt()).isEqualTo(Message.NEVER);
            assertThat(dead.deaths()).isNotNull();
        }
    }

    @Test
    void whatNobodyRejectedGoesRoundOnceOnly() {
        declare("q", Map.of("x-message-ttl", 1_000, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "q"));
        publish("q", "a", Message.NEVER);
        pass(1_000);
        assertThat(client.status("q").ready()).isZero();
    }

    private long in(long millis) {
        return world.time.millis() + millis;
    }

    private void declare(String queue, Map<String, Object> arguments) {
        client.declare(queue, arguments);
        world.syncAndRun();
    }

    private void publish(String queue, String body, long expiresAt) {
        client.publishExpiring(queue, body, expiresAt);
        client.session.flush();
        world.syncAndRun();
    }

    private void pass(long millis) {
        world.time.pass(millis);
        world.syncAndRun();
    }

    private long ready(String queue) {
        return client.status(queue).ready();
    }

    private Optional<String> take(String queue) {
        var answer = client.get(queue);
        world.syncAndRun();
        return answer.get().map(delivery -> delivery.message().body().toUtf8());
    }

    /// Time stands where the world began.
    private void restart(boolean clean) {
        if (clean) {
            var stopped = world.broker.stop();
            world.syncAndRun();
            assertThat(stopped).isDone();
            storage = storage.afterClose();
        } else {
            storage = storage.crash();
        }
        world = new BrokerWorld(storage);
        client = world.connect();
        world.syncAndRun();
    }
}

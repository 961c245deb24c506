package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.broker.statistics.ConnectionFacts;
import io.posthorn.broker.statistics.ConnectionReport;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.broker.statistics.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the broker counts, and who it says is there.
class StatisticsTest {
    private final BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
    private final Client client = world.connect();

    private List<QueueStatistics> queues() {
        var answer = new Answer<List<QueueStatistics>>();
        world.broker.statistics().queues("/", answer);
        world.run();
        return answer.get();
    }

    private QueueStatistics queue(String name) {
        return queues().stream()
                .filter(each -> each.queue().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Totals totals() {
        var answer = new Answer<Totals>();
        world.broker.statistics().totals(answer);
        world.run();
        return answer.get();
    }

    private void publish(String queue, int count) {
        for (int i = 0; i < count; i++) {
            client.publish("", queue, "m" + i, -1);
        }
        client.session.flush();
        world.run();
    }

    @Test
    void whatComesInGoesOutWaitsOrIsHeld() {
        client.declare("q");
        publish("q", 10);
        TestConsumer consumer = client.consume("q", 4);
        world.run();
        consumer.settleAll(Outcome.ACCEPTED);
        world.run();
        client.get("q");
        world.run();

        QueueStatistics seen = queue("q");
        Counts counts = seen.counts();
        assertThat(counts.of(Counted.PUBLISH)).isEqualTo(10);
        assertThat(counts.of(Counted.DELIVER)).isEqualTo(8);
        assertThat(counts.of(Counted.GET_NO_ACK)).isEqualTo(1);
        assertThat(counts.of(Counted.ACK)).isEqualTo(4);
        assertThat(counts.deliverGet()).isEqualTo(9);
        assertThat(seen.ready()).isEqualTo(1);
        assertThat(seen.unsettled()).isEqualTo(4);
        assertThat(seen.canTake()).as("the only consumer has its hands full").isFalse();
        assertThat(seen.messageBytes()).isPositive();
    }

    @Test
    void whatComesBackIsRedelivered() {
        client.declare("q");
        publish("q", 2);
        TestConsumer consumer = client.consume("q", 1);
        world.run();
        client.session.settle(
                consumer.handle(),
                consumer.arrived.getFirst().queue(),
                consumer.arrived.getFirst().deliveryId(),
                Outcome.RELEASED);
        client.session.flush();
        world.run();

        assertThat(queue("q").counts().of(Counted.DELIVER)).isEqualTo(2);
        assertThat(queue("q").counts().of(Counted.REDELIVER)).isEqualTo(1);
        assertThat(queue("q").counts().of(Counted.ACK)).isZero();
    }

    @Test
    void whyMessagesAreGivenUpIsToldApart() {
        client.declare("dead");
        client.declare("letters", Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
        client.declare("short", Map.of("x-max-length", 2L));
        publish("short", 5);
        publish("letters", 1);
        TestConsumer consumer = client.consume("letters", 0);
        world.run();
        consumer.settleAll(Outcome.REJECTED);
        world.run();

        assertThat(queue("short").counts().of(Counted.DROPPED_MAXLEN)).isEqualTo(3);
        assertThat(queue("letters").counts().of(Counted.DEAD_LETTERED_REJECTED)).isEqualTo(1);
        assertThat(queue("dead").ready()).isEqualTo(1);
    }

    @Test
    void aGetThatFindsNothingAndAPurgeAreCounted() {
        client.declare("q");
        client.get("q");
        world.run();
        publish("q", 3);
        client.session.purgeQueue("q", new Answer<>());
        world.run();

        assertThat(queue("q").counts().of(Counted.GET_EMPTY)).isEqualTo(1);
        assertThat(queue("q").counts().of(Counted.PURGED)).isEqualTo(3);
    }

    @Test
    void aQueueAtWhichNothingHappensHasNoCountsOfItsOwn() {
        client.declare("idle");

        assertThat(queue("idle").counts()).isSameAs(Counts.NONE);
        assertThat(queue("idle").usedAt()).isZero();
    }

    @Test
    void totalsDoNotBecomeLessWhenAQueueGoes() {
        client.declare("q");
        publish("q", 5);
        client.get("q");
        world.run();
        client.session.deleteQueue("q", false, false, new Answer<>());
        world.run();

        Totals totals = totals();
        assertThat(queues()).isEmpty();
        assertThat(totals.queues().of(Counted.PUBLISH)).isEqualTo(5);
        assertThat(totals.queues().of(Counted.GET_NO_ACK)).isEqualTo(1);
        assertThat(totals.ready()).isZero();
        assertThat(totals.queuesCreated()).isEqualTo(1);
        assertThat(totals.queuesDeclared()).isEqualTo(1);
        assertThat(totals.queuesDeleted()).isEqualTo(1);
    }

    @Test
    void theTagOfASingleActiveConsumerIsTold() {
        client.declare("q", Map.of("x-single-active-consumer", true));
        TestConsumer first = client.consume("q", 1);
        TestConsumer second = client.consume("q", 1);
        world.run();

        assertThat(queue("q").activeConsumer()).isEqualTo("tag");
        assertThat(first.handle().isActive()).isTrue();
        assertThat(second.handle().isActive()).isFalse();
    }

    @Test
    void connectionsAreListedUntilTheyCloseAndStayInTheTotals() {
        var peer = new Peer();
        peer.tally.add(Counted.PUBLISH, 7);
        assertThat(totals().openConnections())
                .as("other sessions are no connections")
                .isEqualTo(1);
        assertThat(connections()).singleElement().satisfies(each -> {
            assertThat(each.name()).isEqualTo("peer");
            assertThat(each.user()).isEqualTo("guest");
            assertThat(each.virtualHost()).isEqualTo("/");
            assertThat(each.report().counts().of(Counted.PUBLISH)).isEqualTo(7);
        });

        peer.session.close();
        world.run();
        assertThat(connections()).isEmpty();
        assertThat(totals().connections().of(Counted.PUBLISH)).isEqualTo(7);
        assertThat(totals().connectionsOpened()).isEqualTo(1);
        assertThat(totals().connectionsClosed()).isEqualTo(1);
    }

    @Test
    void anOperatorEndsTheSessionsThatMatch() {
        var peer = new Peer();
        assertThat(world.broker.endSessions(spec -> spec.name().equals("nobody"), "why"))
                .isZero();
        assertThat(world.broker.endSessions(spec -> spec.principal().user().equals("guest"), "enough"))
                .isEqualTo(1);
        world.run();
        assertThat(peer.ended)
                .singleElement()
                .isInstanceOf(BrokerException.EndedByOperator.class)
                .satisfies(cause -> assertThat(cause).hasMessage("enough"));
    }

    @Test
    void whoStillLooksWhenTheThreadsHaveEndedIsAnsweredWithWhatIsLeft() {
        client.declare("q");
        world.loop.stop();

        assertThat(queues()).isEmpty();
        assertThat(totals().ready()).isZero();
    }

    private List<ConnectionStatistics> connections() {
        var answer = new Answer<List<ConnectionStatistics>>();
        world.broker.statistics().connections(answer);
        world.run();
        return answer.get();
    }

    private final class Peer implements ReportingListener {
        final Tally tally = new Tally();
        final List<BrokerException> ended = new ArrayList<>();
        final BrokerSession session =
                world.broker.open(new SessionSpec("peer", new Principal("guest"), "/", world.loop), this);

        @Override
        public ConnectionReport report() {
            var facts = new ConnectionFacts(
                    "test", new ConnectionFacts.Ends("here", 1, "there", 2), null, "PLAIN", Arguments.NONE, 0, 0, 0, 0);
            return new ConnectionReport(facts, "running", 0, tally.now(), List.of());
        }

        @Override
        public void addCounts(Tally into) {
            into.add(tally);
        }

        @Override
        public int openChannels() {
            return 0;
        }

        @Override
        public void alarms(Set<Alarm> on) {}

        @Override
        public void acceptsPublishes(boolean open) {}

        @Override
        public void ended(BrokerException cause) {
            ended.add(cause);
        }
    }
}

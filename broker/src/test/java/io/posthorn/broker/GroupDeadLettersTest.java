package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.broker.topic.CursorStatus;
import io.posthorn.broker.topic.DeadLetterTopic;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.broker.topic.Leased;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupDeadLettersTest extends LeaseWorld {
    private static final int LEADER_EPOCH = 12;
    private static final LeaseRules OF_GROUP =
            new LeaseRules(30_000, 3, 1_000, Isolation.READ_COMMITTED, new DeadLetterTopic("dlq.t", "t", true));

    @BeforeEach
    void declare() {
        create(1);
        cursor("g");
        client.declare("dlq.t");
        world.run();
    }

    @Test
    void whatAGroupRefusesGoesToItsTopic() {
        append("a");
        var member = open("g");
        lease(member, LeaseWish.of(1, OF_GROUP));
        end(member, 0, 1, How.REJECTED);
        assertThat(client.status("dlq.t").ready()).isOne();
    }

    @Test
    void aRefusalIsAnsweredWhenItsDeadLetterIsDurableAndItHasLeft() {
        append("a", "b");
        world = new BrokerWorld(world.storage.crash());
        client = world.connect();
        var member = cursors().open(partition(0), "g", "m");
        var leased = new Answer<List<Leased>>();
        member.lease(LeaseWish.of(2, OF_GROUP), leased);
        world.syncAndRun();
        var answer = new Answer<LeaseAnswer>();
        member.end(List.of(new LeaseEnd(0, 1, How.ACCEPTED), new LeaseEnd(1, 2, How.REJECTED)), answer);
        world.run();
        assertThat(answer.isThere()).isFalse();

        world.storage.sync();
        world.run();
        assertThat(client.status("dlq.t").ready()).as("the dead letter").isOne();
        assertThat(answer.isThere()).as("that it has left is not durable").isFalse();
        world.storage.sync();
        world.run();
        assertThat(answer.get()).isEqualTo(LeaseAnswer.DONE);

        crash();
        assertThat(status("g")).isEqualTo(new CursorStatus(2, 0));
        assertThat(client.status("dlq.t").ready()).isOne();
    }

    @Test
    void aRefusalWhoseDeadLetterIsRefusedFailsAndSetsOutAgain() {
        client.declare("dlq.small", Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        client.publish("", "dlq.small", "full", 1);
        client.session.flush();
        world.run();
        append("a");
        var rules =
                new LeaseRules(30_000, 3, 1_000, Isolation.READ_COMMITTED, new DeadLetterTopic("dlq.small", "t", true));
        var member = open("g");
        lease(member, LeaseWish.of(1, rules));
        var answer = new Answer<LeaseAnswer>();
        member.end(List.of(new LeaseEnd(0, 1, How.REJECTED)), answer);
        world.run();
        assertThat(answer.failure()).isInstanceOf(BrokerException.LimitReached.class);

        client.get("dlq.small");
        world.time.pass(10_000);
        world.run();
        assertThat(client.status("dlq.small").ready()).isOne();
        assertThat(status("g")).isEqualTo(new CursorStatus(1, 0));
    }

    @Test
    void whatConsumersRefuseDoesNotGoToTheTopicOfTheGroupAmongThem() {
        TestConsumer consumer = client.consume("t", 1);
        world.run();
        append("a");
        lease(open(""), LeaseWish.of(1, OF_GROUP.amongConsumers()));
        consumer.settleAll(Outcome.REJECTED);
        world.run();
        assertThat(client.status("t").unsettled()).isZero();
        assertThat(client.status("dlq.t").ready()).isZero();
    }

    @Test
    void aCopyHasTheHeadersThatItsRecordHasAndNoneThatOnlyTheBrokerSays() {
        var builder = new BatchBuilder();
        List<RecordHeader> own = List.of(
                header("priority", "7"),
                header("kind", "x"),
                header("expires", "9" + "0".repeat(15)),
                header("kind", "y"));
        builder.add(
                0,
                null,
                Bytes.utf8("a"),
                concat(
                        own,
                        header("__dlq.errors.topic", "before"),
                        header("amqp-properties", "\0\0"),
                        header("posthorn-exchange", "logs")));
        byte[] bytes = builder.build().bytes().toByteArray();
        ByteBuffer.wrap(bytes).putInt(LEADER_EPOCH, 0);
        append(RecordBatch.of(new Bytes(bytes)));
        var member = open("g");
        lease(member, LeaseWish.of(1, OF_GROUP));
        end(member, 0, 1, How.REJECTED);

        TestConsumer consumer = client.consume("dlq.t", 1);
        world.run();
        List<RecordHeader> headers = consumer.arrived.getFirst().message().headers();
        assertThat(headers.getFirst()).isEqualTo(header("__dlq.errors.topic", "t"));
        assertThat(headers.subList(6, headers.size())).isEqualTo(own);
    }

    private static List<RecordHeader> concat(List<RecordHeader> headers, RecordHeader... more) {
        return Stream.concat(headers.stream(), Stream.of(more)).toList();
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(Bytes.utf8(name), Bytes.utf8(value));
    }
}

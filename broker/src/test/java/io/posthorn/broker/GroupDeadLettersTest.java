package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.broker.topic.DeadLetterTopic;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordHeader;
import java.nio.ByteBuffer;
import java.util.List;
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

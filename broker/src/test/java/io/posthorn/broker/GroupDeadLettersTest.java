package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.broker.topic.DeadLetterTopic;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.LeaseWish;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupDeadLettersTest extends LeaseWorld {
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
}

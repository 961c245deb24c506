package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.topic.CursorStatus;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.LeaseHolder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What those hear who refuse messages of a queue that has somewhere to send them.
class RefusalsTest extends LeaseWorld {
    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void aDeadLetterThatIsRefusedFailsOnlyWhoHasRefusedItsMessage(String toFull) {
        client.declare("full", Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        client.publish("", "full", "full", 1);
        client.session.flush();
        client.declare("free");
        bind("amq.direct", toFull, "full");
        bind("amq.direct", toFull.equals("a") ? "b" : "a", "free");
        client.declare("t", Map.of("x-dead-letter-exchange", "amq.direct"));
        bind("amq.topic", "#", "t");
        client.publish("amq.topic", "a", "a", 2);
        client.publish("amq.topic", "b", "b", 3);
        client.session.flush();
        world.run();
        LeaseHolder one = open("one");
        LeaseHolder other = open("other");
        lease(one, 1);
        lease(other, 1);

        Answer<LeaseAnswer> ofA = refuse(one, 0);
        Answer<LeaseAnswer> ofB = refuse(other, 1);
        world.run();

        Answer<LeaseAnswer> failed = toFull.equals("a") ? ofA : ofB;
        Answer<LeaseAnswer> done = toFull.equals("a") ? ofB : ofA;
        assertThat(failed.failure()).isInstanceOf(BrokerException.LimitReached.class);
        assertThat(done.get()).isEqualTo(LeaseAnswer.DONE);
        assertThat(client.status("free").ready()).isOne();
    }

    @Test
    void theRefusalOfAMessageThatIsDamagedFails() {
        client.declare("grave");
        client.declare("t", Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "grave"));
        append("a");
        LeaseHolder one = open("one");
        lease(one, 1);
        world.storage.makeCold();
        world.storage.damaged.addAll(world.storage.logs());

        Answer<LeaseAnswer> answer = refuse(one, 0);
        world.run();

        assertThat(answer.failure()).isInstanceOf(BrokerException.StorageFailed.class);
        assertThat(status("one")).as("its bytes stay").isEqualTo(new CursorStatus(0, 0));
    }

    private static Answer<LeaseAnswer> refuse(LeaseHolder holder, long offset) {
        var answer = new Answer<LeaseAnswer>();
        holder.end(List.of(new LeaseEnd(offset, offset + 1, How.REJECTED)), answer);
        return answer;
    }

    private void bind(String exchange, String key, String queue) {
        client.session.bind(
                new BindingSpec(exchange, BindingSpec.Destination.QUEUE, queue, key, Arguments.NONE), new Answer<>());
        world.run();
    }
}

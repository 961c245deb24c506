package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import io.posthorn.verification.conformance.RawAmqp.Arguments;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Methods that ask for no answer get none, and are done all the same.
class NowaitTest {
    private static final byte[] NO_PROPERTIES = {0, 0};

    @AutoClose
    private final Amqp amqp = new Amqp();

    private static Arguments named(String name) {
        return new Arguments().uint16(0).shortString(name);
    }

    private static Arguments withTable(Arguments arguments) {
        return arguments.table(new byte[0]);
    }

    /// Class and method of each method frame up to the answer of a `basic.qos`.
    private static List<String> answersUpToQos(RawAmqp raw) throws IOException {
        raw.method(1, 60, 10, new Arguments().uint32(0).uint16(0).octet(0));
        return raw.framesUpTo(60, 11).stream()
                .filter(frame -> frame.type() == 1)
                .map(frame -> frame.payload()[1] + "." + frame.payload()[3])
                .toList();
    }

    @Test
    void everyMethodThatCanBeSentWithoutWaitingIsDoneAndNotAnswered() throws IOException {
        String queue = Amqp.name("queue");
        String front = Amqp.name("front");
        String back = Amqp.name("back");
        try (RawAmqp raw = RawAmqp.withChannel()) {
            for (String exchange : List.of(front, back)) {
                raw.method(
                        1,
                        40,
                        10,
                        withTable(named(exchange).shortString("fanout").octet(0b10000)));
            }
            raw.method(
                    1,
                    40,
                    30,
                    withTable(named(back).shortString(front).shortString("").octet(1)));
            raw.method(1, 50, 10, withTable(named(queue).octet(0b10000)));
            raw.method(
                    1,
                    50,
                    20,
                    withTable(named(queue).shortString(back).shortString("").octet(1)));
            raw.publish(1, queue, NO_PROPERTIES, Amqp.bytes("purged"));
            raw.method(1, 50, 30, named(queue).octet(1));
            raw.method(1, 85, 10, new Arguments().octet(1));
            assertThat(answersUpToQos(raw)).containsExactly("60.11");
            routes(front, queue, 1);

            raw.method(1, 60, 20, withTable(named(queue).shortString("tag").octet(0b1010)));
            raw.expect(60, 60);
            raw.publish(1, queue, NO_PROPERTIES, Amqp.bytes("2"));
            List<String> answers = answersUpToQos(raw);
            assertThat(answers).hasSizeLessThanOrEqualTo(3).endsWith("60.11");
            raw.method(1, 60, 30, new Arguments().shortString("tag").octet(1));
            raw.method(
                    1,
                    40,
                    40,
                    withTable(named(back).shortString(front).shortString("").octet(1)));
            assertThat(answersUpToQos(raw)).doesNotContain("60.31", "40.51");
            routes(front, queue, 0);

            raw.method(1, 50, 40, named(queue).octet(0b100));
            raw.method(1, 40, 20, named(front).octet(0b10));
            raw.method(1, 40, 20, named(back).octet(0b10));
            assertThat(answersUpToQos(raw)).containsExactly("60.11");
        }
        assertThat(amqp.exists(queue)).isFalse();
    }

    private void routes(String exchange, String queue, int messages) throws IOException {
        amqp.onChannel(channel -> {
            channel.confirmSelect();
            channel.basicPublish(exchange, "", null, Amqp.bytes("1"));
            return Amqp.confirmed(channel);
        });
        assertThat(amqp.ready(queue)).isEqualTo(messages);
    }

    @Test
    void aMethodWithoutAnswerIsRefusedLikeAnyOther() throws IOException {
        try (RawAmqp raw = RawAmqp.withChannel()) {
            String queue = Amqp.name("nothing");
            raw.method(1, 60, 20, withTable(named(queue).shortString("tag").octet(0b1000)));
            assertThat(raw.expectClose())
                    .isEqualTo(
                            new RawAmqp.Close(false, 404, "NOT_FOUND - no queue '" + queue + "' in vhost '/'", 60, 20));
        }
    }

    @Test
    void theChannelRemembersAQueueThatItWasNotToldTheNameOf() throws IOException {
        Channel channel = amqp.channel();
        channel.asyncRpc(
                new AMQP.Queue.Declare.Builder().queue("").exclusive().nowait().build());
        String key = Amqp.name("key");
        channel.queueBindNoWait("", "amq.direct", key, null);
        channel.basicPublish("amq.direct", key, null, Amqp.bytes("1"));
        assertThat(channel.basicGet("", true)).isNotNull();
    }

    @Test
    void whatIsSentBehindADeclareDoesNotWaitForItsAnswer() throws IOException {
        String queue = Amqp.name("queue");
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(1, 50, 10, withTable(named(queue).octet(0b100)));
            raw.method(
                    1,
                    50,
                    20,
                    withTable(named(queue)
                            .shortString("amq.direct")
                            .shortString(queue)
                            .octet(0)));
            raw.method(1, 85, 10, new Arguments().octet(0));
            for (int n = 0; n < 100; n++) {
                raw.publish(1, queue, NO_PROPERTIES, Amqp.bytes("" + n));
            }
            raw.method(1, 60, 70, named(queue).octet(1));
            raw.method(1, 50, 40, named(queue).octet(0));
            List<String> methods = raw.framesUpTo(50, 41).stream()
                    .filter(frame -> frame.type() == 1)
                    .filter(frame -> !frame.is(60, 80))
                    .map(frame -> frame.payload()[1] + "." + frame.payload()[3])
                    .toList();
            assertThat(methods).containsExactly("50.11", "50.21", "85.11", "60.71", "50.41");
        }
    }
}

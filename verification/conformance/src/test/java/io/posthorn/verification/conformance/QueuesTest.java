package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// The lives of queues: who may use them, when they end, and what is a success though there was nothing to do.
class QueuesTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @Test
    void theServerNamesAQueueAndTheChannelRemembersIt() throws IOException {
        Channel channel = amqp.channel();
        String queue = channel.queueDeclare("", false, true, false, null).getQueue();

        assertThat(queue).startsWith("amq.gen-").hasSize("amq.gen-".length() + 22);
        channel.queueBind("", "amq.direct", "");
        channel.basicPublish("amq.direct", queue, null, Amqp.bytes("by its name"));
        assertThat(channel.basicGet("", true).getBody()).asString().isEqualTo("by its name");
        assertThat(channel.queueDelete("").getMessageCount()).isZero();
    }

    @Test
    void anExclusiveQueueEndsWithItsConnection() throws IOException {
        Connection owner = amqp.connect();
        String queue = Amqp.name("exclusive");
        owner.createChannel().queueDeclare(queue, true, true, false, null);
        owner.close();

        assertThat(amqp.exists(queue)).isFalse();
    }

    @Test
    void anExclusiveQueueEndsWhenItsConnectionBreaks() throws IOException {
        String queue = Amqp.name("exclusive");
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.method(
                    1,
                    50,
                    10,
                    new RawAmqp.Arguments()
                            .uint16(0)
                            .shortString(queue)
                            .octet(0b100)
                            .uint32(0));
            raw.expect(50, 11);
        }
        Amqp.eventually(() -> !amqp.exists(queue));
    }

    @Test
    void anAutoDeleteQueueEndsWithItsLastConsumerAndNotBefore() throws IOException {
        Channel channel = amqp.channel();
        String queue = Amqp.name("auto-delete");
        channel.queueDeclare(queue, false, false, true, null);
        channel.queueDeclarePassive(queue);
        String first = channel.basicConsume(queue, true, new DefaultConsumer(channel));
        String second = channel.basicConsume(queue, true, new DefaultConsumer(channel));

        channel.basicCancel(first);
        assertThat(channel.queueDeclarePassive(queue).getConsumerCount()).isEqualTo(1);
        channel.basicCancel(second);
        assertThat(amqp.exists(queue)).isFalse();
    }

    @Test
    void anAutoDeleteQueueIsGoneWhenTheChannelOfItsLastConsumerIsClosed() throws IOException, TimeoutException {
        Connection owner = amqp.connect();
        Connection other = amqp.connect();
        for (int i = 0; i < 100; i++) {
            Channel channel = owner.createChannel();
            String queue = Amqp.name("auto-delete");
            channel.queueDeclare(queue, i % 2 == 0, false, true, null);
            channel.basicConsume(queue, true, new DefaultConsumer(channel));
            channel.close();

            assertThatThrownBy(() -> other.createChannel().queueDeclarePassive(queue))
                    .cause()
                    .hasMessageContaining("404");
        }
    }

    @Test
    void anAutoDeleteQueueEndsWithTheConnectionOfItsLastConsumer() throws IOException {
        Connection connection = amqp.connect();
        Channel channel = connection.createChannel();
        String queue = Amqp.name("auto-delete");
        channel.queueDeclare(queue, false, false, true, null);
        channel.basicConsume(queue, true, new DefaultConsumer(channel));
        connection.close();

        assertThat(amqp.exists(queue)).isFalse();
    }

    @Test
    void declaringAgainWithTheSameArgumentsSaysWhatIsThere() throws IOException {
        String queue = amqp.queue();
        amqp.publish(queue, "one", "two");
        Channel channel = amqp.channel();

        // Classic is the type of a queue that names none, and an argument that nobody knows does not matter.
        AMQP.Queue.DeclareOk again =
                channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "classic", "x-mine", "yes"));

        assertThat(again.getMessageCount()).isEqualTo(2);
        assertThat(again.getConsumerCount()).isZero();
    }

    @Test
    void purgeTakesWhatIsReadyAndLeavesWhatIsUnsettled() throws IOException {
        String queue = amqp.queue();
        amqp.publish(queue, "held", "ready", "ready");
        Channel channel = amqp.channel();
        long tag = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();

        assertThat(channel.queuePurge(queue).getMessageCount()).isEqualTo(2);
        channel.basicNack(tag, false, true);
        assertThat(channel.basicGet(queue, true).getBody()).asString().isEqualTo("held");
    }

    @Test
    void deleteSaysHowMuchWasThere() throws IOException {
        String queue = amqp.queue();
        amqp.publish(queue, "one", "two");

        assertThat(amqp.onChannel(channel -> channel.queueDelete(queue)).getMessageCount())
                .isEqualTo(2);
        assertThat(amqp.exists(queue)).isFalse();
    }

    @Test
    void aQueueOfTheSameNameStartsEmpty() throws IOException {
        String queue = amqp.queue();
        amqp.publish(queue, "of the first");
        Channel channel = amqp.channel();
        channel.queueDelete(queue);

        assertThat(channel.queueDeclare(queue, true, false, false, null).getMessageCount())
                .isZero();
        amqp.publish(queue, "of the second");
        assertThat(amqp.drain(queue)).containsExactly("of the second");
    }

    @Test
    void whatIsNotThereNeedNoRemoving() throws IOException {
        String queue = amqp.queue();
        String missing = Amqp.name("missing");
        Channel channel = amqp.channel();

        assertThat(channel.queueDelete(missing).getMessageCount()).isZero();
        channel.exchangeDelete(missing);
        channel.queueUnbind(queue, "amq.direct", "never bound");
        channel.queueUnbind(missing, "amq.direct", "key");
        channel.queueUnbind(queue, missing, "key");
        // The Java client refuses to cancel a tag it does not know, so this one goes by hand.
        channel.rpc(new AMQP.Basic.Cancel.Builder().consumerTag("nobody").build());
        channel.basicAck(0, true);
        channel.basicNack(0, true, true);
        assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isZero();
    }

    @Test
    void countsAreTrueAsSoonAsAPublishIsConfirmed() throws IOException {
        String queue = amqp.queue();
        Channel channel = amqp.channel();
        channel.confirmSelect();
        for (int count = 1; count <= 20; count++) {
            channel.basicPublish("", queue, Amqp.persistent(), Amqp.bytes("m"));
            Amqp.confirmed(channel);
            assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isEqualTo(count);
        }
    }

    @Test
    void aGetSeesEveryEarlierPublishOfItsChannel() throws IOException {
        String queue = amqp.queue();
        Channel channel = amqp.channel();
        for (int n = 0; n < 50; n++) {
            channel.basicPublish("", queue, Amqp.persistent(), Amqp.bytes("m" + n));
            assertThat(channel.basicGet(queue, true).getBody()).asString().isEqualTo("m" + n);
        }
    }

    @Test
    void namesOfEveryKindWork() throws IOException {
        for (String name : new String[] {"with space", "grüße/☃", "..", "a".repeat(200), "-", "%2F"}) {
            String queue = Amqp.name(name);
            amqp.onChannel(channel -> channel.queueDeclare(queue, true, false, false, null));
            amqp.publish(queue, name);
            assertThat(amqp.drain(queue)).containsExactly(name);
            amqp.onChannel(channel -> channel.queueDelete(queue));
        }
    }

    @Test
    void aNameTooLongIsRefusedByTheClientAlready() throws IOException {
        Channel channel = amqp.channel();
        assertThatThrownBy(() -> channel.queueDeclare("a".repeat(256), false, false, false, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nowaitDeclaresAndBindsAreDone() throws IOException {
        Channel channel = amqp.channel();
        String queue = Amqp.name("nowait");
        String exchange = Amqp.name("nowait-exchange");
        channel.queueDeclareNoWait(queue, false, true, false, null);
        channel.exchangeDeclareNoWait(exchange, "direct", false, true, false, null);
        channel.queueBindNoWait(queue, exchange, "key", null);
        channel.basicPublish(exchange, "key", null, Amqp.bytes("through"));

        assertThat(channel.basicGet(queue, true).getBody()).asString().isEqualTo("through");
    }
}

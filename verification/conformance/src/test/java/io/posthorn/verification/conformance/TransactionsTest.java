package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The class tx: what is published and settled takes effect at the commit, or never.
class TransactionsTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    private String queue = "";

    @SuppressWarnings("NullAway.Init")
    private Channel channel;

    @BeforeEach
    void selectTransactions() throws IOException {
        queue = amqp.queue();
        channel = amqp.channel();
        channel.txSelect();
    }

    private void publish(String... bodies) throws IOException {
        for (String body : bodies) {
            channel.basicPublish("", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, Amqp.bytes(body));
        }
    }

    private long[] published(int count) throws IOException {
        for (int n = 0; n < count; n++) {
            publish(Integer.toString(n));
        }
        channel.txCommit();
        long[] tags = new long[count];
        for (int n = 0; n < count; n++) {
            tags[n] = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
        }
        return tags;
    }

    private List<String> rest() throws IOException {
        List<String> bodies = new ArrayList<>();
        for (GetResponse got = channel.basicGet(queue, false); got != null; got = channel.basicGet(queue, false)) {
            bodies.add(Amqp.text(got.getBody()));
        }
        return bodies;
    }

    @Test
    void whatIsPublishedIsThereAfterTheCommit() throws IOException {
        publish("1", "2");
        assertThat(amqp.ready(queue)).isZero();
        assertThat(channel.basicGet(queue, true)).isNull();
        channel.txCommit();
        assertThat(amqp.ready(queue)).isEqualTo(2);
        assertThat(rest()).containsExactly("1", "2");
    }

    @Test
    void whatIsPublishedAndRolledBackNeverWas() throws IOException {
        publish("1");
        channel.txRollback();
        publish("2");
        channel.txCommit();
        assertThat(rest()).containsExactly("2");
    }

    @Test
    void whatIsPublishedAndNotCommittedIsGoneWithTheChannel() throws Exception {
        publish("1");
        channel.close();
        assertThat(amqp.ready(queue)).isZero();
    }

    @Test
    void aRolledBackAckIsNoAckButNothingComesAgainUntilRecover() throws IOException {
        long[] tags = published(2);
        channel.basicAck(tags[0], false);
        channel.txRollback();
        assertThat(rest()).isEmpty();
        channel.basicAck(tags[0], false);
        channel.txRollback();
        channel.basicRecover(true);
        assertThat(rest()).containsExactly("0", "1");
    }

    @Test
    void anAckThatIsNotCommittedIsNotRecovered() throws IOException {
        long[] tags = published(2);
        channel.basicAck(tags[0], false);
        channel.basicRecover(true);
        assertThat(rest()).containsExactly("1");
    }

    @Test
    void aClosedChannelGivesBackWhatItAckedAndDidNotCommit() throws Exception {
        long[] tags = published(3);
        channel.basicAck(tags[0], false);
        channel.txCommit();
        channel.basicAck(tags[1], false);
        channel.close();
        assertThat(amqp.drain(queue)).containsExactly("1", "2");
    }

    @Test
    void aRequeueHappensAtTheCommit() throws IOException {
        long[] tags = published(3);
        channel.basicNack(tags[0], false, true);
        channel.basicReject(tags[1], true);
        channel.basicNack(tags[2], false, false);
        assertThat(rest()).isEmpty();
        channel.txCommit();
        assertThat(rest()).containsExactly("0", "1");
    }

    @Test
    void acksMayComeInAnyOrderAndAgainAfterARollback() throws IOException {
        long[] tags = published(3);
        channel.basicAck(tags[2], false);
        channel.basicAck(tags[1], false);
        channel.txRollback();
        channel.basicAck(tags[0], true);
        channel.basicAck(tags[1], false);
        channel.basicAck(tags[2], false);
        channel.txCommit();
        assertThat(amqp.ready(queue)).isZero();
        channel.basicAck(0, true);
        channel.txCommit();
    }

    @Test
    void multipleWithTagZeroIsEverythingNotAckedYet() throws Exception {
        long[] tags = published(4);
        channel.basicAck(tags[1], false);
        channel.basicAck(0, true);
        channel.txCommit();
        channel.close();
        assertThat(amqp.drain(queue)).isEmpty();
    }

    @Test
    void aTagAckedInTheTransactionIsUnknownInIt() throws IOException {
        long[] tags = published(1);
        channel.basicAck(tags[0], false);
        channel.basicAck(tags[0], false);
        Amqp.eventually(() -> !channel.isOpen());
        assertThat(channel.getCloseReason().getReason()).isInstanceOfSatisfying(AMQP.Channel.Close.class, close -> {
            assertThat(close.getReplyCode()).isEqualTo(406);
            assertThat(close.getReplyText()).isEqualTo("PRECONDITION_FAILED - unknown delivery tag 1");
        });
        Amqp.eventually(() -> amqp.ready(queue) == 1);
    }

    @Test
    void autoAcksAreNoPartOfIt() throws Exception {
        publish("1");
        channel.txCommit();
        assertThat(channel.basicGet(queue, true)).isNotNull();
        channel.txRollback();
        channel.close();
        assertThat(amqp.ready(queue)).isZero();
    }

    @Test
    void ofADeletedQueueACommitTakesNoNotice() throws IOException {
        publish("1");
        channel.queueDelete(queue);
        channel.txCommit();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whatCannotBeRoutedComesBackWithTheCommit() throws Exception {
        BlockingQueue<Return> returned = new LinkedBlockingQueue<>();
        channel.addReturnListener(returned::add);
        channel.basicPublish("", Amqp.name("nothing"), true, null, Amqp.bytes("back"));
        channel.basicPublish("", Amqp.name("nothing"), true, null, Amqp.bytes("never"));
        assertThat(rest()).isEmpty();
        assertThat(returned).isEmpty();
        channel.txRollback();
        channel.basicPublish("", Amqp.name("nothing"), true, null, Amqp.bytes("back"));
        channel.txCommit();
        assertThat(returned).hasSize(1);
        assertThat(Amqp.text(returned.remove().getBody())).isEqualTo("back");
        channel.txCommit();
        assertThat(returned).isEmpty();
    }

    @Test
    void aRefusedPublishEndsTheChannelAndTheTransaction() throws IOException {
        publish("1");
        channel.basicPublish(Amqp.name("nothing"), "", null, Amqp.bytes("2"));
        Amqp.eventually(() -> !channel.isOpen());
        assertThat(amqp.ready(queue)).isZero();
    }

    @Test
    void aRejectedMessageGoesToItsDeadLettersAtTheCommit() throws IOException {
        String dead = amqp.queue();
        String source = amqp.queue(true, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        amqp.publish(source, "1");
        channel.basicReject(channel.basicGet(source, false).getEnvelope().getDeliveryTag(), false);
        channel.basicQos(0);
        assertThat(amqp.ready(dead)).isZero();
        channel.txCommit();
        Amqp.eventually(() -> amqp.ready(dead) == 1);
    }

    @Test
    void prioritiesHoldWithinACommit() throws IOException {
        String sorted = amqp.queue(true, Map.of("x-max-priority", 5));
        for (int priority = 0; priority <= 5; priority++) {
            var properties = MessageProperties.MINIMAL_PERSISTENT_BASIC
                    .builder()
                    .priority(priority)
                    .build();
            channel.basicPublish("", sorted, properties, Amqp.bytes("" + priority));
        }
        channel.txCommit();
        assertThat(amqp.drain(sorted)).containsExactly("5", "4", "3", "2", "1", "0");
    }

    @Test
    void aCommitThatAQueueRefusesIsPartial() throws IOException {
        String full = amqp.queue(true, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        amqp.publish(full, "first");
        channel.basicPublish("", full, MessageProperties.MINIMAL_PERSISTENT_BASIC, Amqp.bytes("second"));
        assertThatThrownBy(() -> channel.txCommit())
                .hasRootCauseInstanceOf(ShutdownSignalException.class)
                .rootCause()
                .hasMessageContaining("reply-code=406, reply-text=PRECONDITION_FAILED - partial tx completion")
                .hasMessageContaining("class-id=90, method-id=20");
        assertThat(amqp.drain(full)).containsExactly("first");
    }

    @Test
    void manyMessagesToManyQueuesGoTogether() throws IOException {
        List<String> queues = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            queues.add(amqp.queue());
        }
        for (int round = 0; round < 3; round++) {
            for (int n = 0; n < 200; n++) {
                for (String each : queues) {
                    channel.basicPublish("", each, MessageProperties.MINIMAL_PERSISTENT_BASIC, Amqp.bytes("" + n));
                }
            }
            for (String each : queues) {
                assertThat(channel.queueDeclarePassive(each).getMessageCount()).isEqualTo(200 * round);
            }
            channel.txCommit();
            for (String each : queues) {
                assertThat(channel.queueDeclarePassive(each).getMessageCount()).isEqualTo(200 * (round + 1));
            }
        }
    }

    @Test
    void selectingAgainKeepsWhatIsThere() throws IOException {
        publish("1");
        channel.txSelect();
        channel.txCommit();
        assertThat(rest()).containsExactly("1");
    }
}

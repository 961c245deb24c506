package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests whose replies need no queue.
class DirectReplyTest {
    private static final String REPLY_TO = "amq.rabbitmq.reply-to";

    @AutoClose
    private final Amqp amqp = new Amqp();

    private final BlockingQueue<Delivery> replies = new LinkedBlockingQueue<>();
    private Channel requester;
    private Channel responder;
    private String requests;

    @BeforeEach
    void bothSides() throws IOException {
        requester = amqp.channel();
        responder = amqp.channel();
        requests = amqp.queue();
    }

    @Test
    void aRequestCarriesAnAddressAndItsReplyComesBack() throws Exception {
        requester.basicConsume(REPLY_TO, true, (_, reply) -> replies.add(reply), _ -> {});
        GetResponse request = request("ping");
        String address = request.getProps().getReplyTo();
        assertThat(address).startsWith(REPLY_TO + ".").hasSizeGreaterThan(REPLY_TO.length() + 20);

        responder.basicPublish("", address, request.getProps(), Amqp.bytes("pong"));
        Delivery reply = reply();
        assertThat(Amqp.text(reply.getBody())).isEqualTo("pong");
        assertThat(reply.getProperties().getCorrelationId()).isEqualTo("42");
        assertThat(reply.getEnvelope().getRoutingKey()).isEqualTo(address);
        assertThat(reply.getEnvelope().getExchange()).isEmpty();
    }

    @Test
    void anyChannelMayAnswerAlsoTheRequestersOwn() throws Exception {
        requester.basicConsume(REPLY_TO, true, (_, reply) -> replies.add(reply), _ -> {});
        String address = request("ping").getProps().getReplyTo();
        requester.basicPublish("", address, null, Amqp.bytes("own"));
        assertThat(Amqp.text(reply().getBody())).isEqualTo("own");
        requester.getConnection().createChannel().basicPublish("", address, null, Amqp.bytes("sibling"));
        assertThat(Amqp.text(reply().getBody())).isEqualTo("sibling");
    }

    @Test
    void aReplyIsRoutedAsLongAsItsRequesterIsThereAndReturnedAfterwards() throws Exception {
        String tag = requester.basicConsume(REPLY_TO, true, (_, reply) -> replies.add(reply), _ -> {});
        String address = request("ping").getProps().getReplyTo();
        var returned = new CompletableFuture<String>();
        responder.addReturnListener(message -> returned.complete(message.getReplyText()));
        responder.confirmSelect();
        responder.basicPublish("", address, true, null, Amqp.bytes("in time"));
        Amqp.confirmed(responder);
        reply();
        // To RabbitMQ a reply counts as routed since 4.2.
        assertThat(returned.isDone() && BrokerUnderTest.isPosthorn()).isFalse();
        assertThat(responder.queueDeclarePassive(address).getConsumerCount()).isEqualTo(1);

        requester.basicCancel(tag);
        responder.basicPublish("", address, true, null, Amqp.bytes("too late"));
        Amqp.confirmed(responder);
        if (BrokerUnderTest.isPosthorn()) {
            assertThat(returned.get(20, TimeUnit.SECONDS)).isEqualTo("NO_ROUTE");
            closes(404, () -> responder.queueDeclarePassive(address));
        }
        assertThat(replies).isEmpty();
    }

    @Test
    void anAddressThatWasMadeUpReachesNobody() throws Exception {
        requester.basicConsume(REPLY_TO, true, (_, reply) -> replies.add(reply), _ -> {});
        String address = request("ping").getProps().getReplyTo();
        String forged = address.substring(0, address.length() - 2) + (address.endsWith("AA") ? "BB" : "AA");
        responder.confirmSelect();
        responder.basicPublish("", forged, null, Amqp.bytes("forged"));
        responder.basicPublish("", REPLY_TO, null, Amqp.bytes("to nobody in particular"));
        responder.basicPublish("", REPLY_TO + ".", null, Amqp.bytes("to nobody"));
        responder.basicPublish("", address, null, Amqp.bytes("true"));
        Amqp.confirmed(responder);
        assertThat(Amqp.text(reply().getBody())).isEqualTo("true");
        assertThat(replies).isEmpty();
    }

    /// How Spring finds out whether this is served.
    @Test
    void askingForTheQueueThatIsNoneSucceedsAndMakesNothing() throws IOException {
        AMQP.Queue.DeclareOk ok = requester.queueDeclarePassive(REPLY_TO);
        assertThat(ok.getQueue()).isEqualTo(REPLY_TO);
        assertThat(ok.getMessageCount()).isZero();
        assertThat(ok.getConsumerCount()).isEqualTo(1);
        assertThat(requester
                        .queueDeclare(REPLY_TO, false, false, false, Map.of())
                        .getConsumerCount())
                .isEqualTo(1);
        closes(404, () -> requester.queueDeclarePassive(REPLY_TO + ".nobody"));
    }

    @Test
    void repliesCannotBeAcknowledged() {
        assertThat(closes(406, () -> requester.basicConsume(REPLY_TO, false, (_, _) -> {}, _ -> {})))
                .isEqualTo("PRECONDITION_FAILED - reply consumer cannot acknowledge");
    }

    @Test
    void aChannelHasOneReplyConsumerAndMayHaveAnotherAfterIt() throws IOException {
        String tag = requester.basicConsume(REPLY_TO, true, (_, _) -> {}, _ -> {});
        requester.basicCancel(tag);
        requester.basicConsume(REPLY_TO, true, (_, _) -> {}, _ -> {});
        assertThat(closes(406, () -> requester.basicConsume(REPLY_TO, true, (_, _) -> {}, _ -> {})))
                .isEqualTo("PRECONDITION_FAILED - reply consumer already set");
    }

    @Test
    void aRequestBeforeItsConsumerIsRefused() throws Exception {
        requester.basicPublish("", requests, properties(), Amqp.bytes("ping"));
        assertThat(closes(406, () -> requester.basicQos(1)))
                .isEqualTo("PRECONDITION_FAILED - fast reply consumer does not exist");
        assertThat(amqp.ready(requests)).isZero();
    }

    @Test
    void theQueueThatIsNoneCannotBeGotFrom() {
        assumeTrue(BrokerUnderTest.isPosthorn());
        assertThat(closes(540, () -> requester.basicGet(REPLY_TO, true)))
                .isEqualTo("NOT_IMPLEMENTED - basic.get not supported by volatile queue 'amq.rabbitmq.reply-to' in"
                        + " vhost '/'");
    }

    @Test
    void theQueueThatIsNoneCannotBeBound() {
        assumeTrue(BrokerUnderTest.isPosthorn());
        closes(403, () -> requester.queueBind(REPLY_TO, "amq.direct", "x"));
    }

    @Test
    void pikaAsksAndAnswersThisWay() throws Exception {
        assertThat(ForeignClient.PIKA.run("features", "direct_reply", requests))
                .containsExactly("probed", "asked ping", "answered pong");
    }

    interface Action {
        void run() throws IOException;
    }

    /// The text of the close that an action ends with.
    private static String closes(int code, Action action) {
        var text = new StringBuilder();
        assertThatThrownBy(action::run).satisfies(thrown -> {
            Throwable cause = thrown instanceof ShutdownSignalException ? thrown : thrown.getCause();
            if (!(cause instanceof ShutdownSignalException signal)) {
                throw new AssertionError(thrown);
            }
            switch (signal.getReason()) {
                case AMQP.Channel.Close close -> {
                    assertThat(close.getReplyCode()).isEqualTo(code);
                    text.append(close.getReplyText());
                }
                case AMQP.Connection.Close close -> {
                    assertThat(close.getReplyCode()).isEqualTo(code);
                    text.append(close.getReplyText());
                }
                case null, default -> throw new AssertionError(signal);
            }
        });
        return text.toString();
    }

    private static AMQP.BasicProperties properties() {
        return new AMQP.BasicProperties.Builder()
                .replyTo(REPLY_TO)
                .correlationId("42")
                .build();
    }

    /// Publishes a request, and takes it as the responder.
    private GetResponse request(String body) throws IOException {
        requester.basicPublish("", requests, properties(), Amqp.bytes(body));
        var taken = new GetResponse[1];
        Amqp.eventually(() -> (taken[0] = responder.basicGet(requests, true)) != null);
        return taken[0];
    }

    private Delivery reply() throws InterruptedException {
        Delivery reply = replies.poll(20, TimeUnit.SECONDS);
        assertThat(reply).as("a reply").isNotNull();
        return reply;
    }
}

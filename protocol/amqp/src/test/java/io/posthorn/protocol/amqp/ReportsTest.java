package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.broker.Reply;
import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.Totals;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// What lists show of connections, seen with the Java client.
@ParameterizedClass
@ValueSource(ints = {1, 3})
@Timeout(60)
@SuppressWarnings("NullAway") // the client is not annotated
final class ReportsTest {
    @Parameter
    int loops;

    private LocalBrokerWorld world;
    private Connection connection;

    @BeforeEach
    void connect() throws Exception {
        world = new LocalBrokerWorld(loops);
        connection = world.server().connect();
    }

    @AfterEach
    void close() {
        connection.abort();
        world.close();
    }

    private static <T> T ask(Consumer<Reply<T>> question) {
        var answer = new CompletableFuture<T>();
        question.accept(Reply.to(answer));
        return answer.join();
    }

    private ConnectionStatistics only() {
        List<ConnectionStatistics> all = ask(world.broker().statistics()::connections);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private ChannelReport onlyChannel() {
        return only().report().channels().getFirst();
    }

    private Totals totals() {
        return ask(world.broker().statistics()::totals);
    }

    @Test
    void aConnectionIsToldAsItsPeerHasIntroducedIt() {
        ConnectionStatistics seen = only();
        var facts = seen.report().facts();
        assertThat(seen.name())
                .matches("127\\.0\\.0\\.1:\\d+ -> 127\\.0\\.0\\.1:"
                        + world.server().port());
        assertThat(seen.user()).isEqualTo("guest");
        assertThat(facts.protocol()).isEqualTo("AMQP 0-9-1");
        assertThat(facts.authMechanism()).isEqualTo("PLAIN");
        assertThat(facts.clientProperties().get("product")).isEqualTo("RabbitMQ");
        assertThat(facts.ends().port()).isEqualTo(world.server().port());
        assertThat(facts.encryption()).isNull();
        assertThat(facts.heartbeatSeconds()).isEqualTo(connection.getHeartbeat());
        assertThat(facts.connectedAt()).isPositive();
        assertThat(seen.report().state()).isEqualTo("running");
        assertThat(seen.report().counts().of(Counted.OCTETS_IN)).isPositive();
        assertThat(seen.report().counts().of(Counted.OCTETS_OUT)).isPositive();
    }

    @Test
    void aChannelCountsWhatPassesThroughIt() throws Exception {
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        channel.basicQos(5);
        channel.queueDeclare("q", true, false, false, null);
        for (int i = 0; i < 20; i++) {
            channel.basicPublish("", "q", MessageProperties.PERSISTENT_BASIC, new byte[10]);
        }
        channel.basicPublish("", "nowhere", null, new byte[0]);
        channel.basicPublish("", "nowhere", true, null, new byte[0]);
        channel.waitForConfirmsOrDie(10_000);
        var got = channel.basicGet("q", false);
        channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
        channel.basicGet("q", true);

        ChannelReport report = onlyChannel();
        Counts counts = report.counts();
        assertThat(counts.of(Counted.PUBLISH)).isEqualTo(22);
        assertThat(counts.of(Counted.CONFIRM)).isEqualTo(22);
        assertThat(counts.of(Counted.DROP_UNROUTABLE)).isEqualTo(1);
        assertThat(counts.of(Counted.RETURN_UNROUTABLE)).isEqualTo(1);
        assertThat(counts.of(Counted.GET)).isEqualTo(1);
        assertThat(counts.of(Counted.GET_NO_ACK)).isEqualTo(1);
        assertThat(counts.of(Counted.ACK)).isEqualTo(1);
        assertThat(report.confirms()).isTrue();
        assertThat(report.unconfirmed()).isZero();
        assertThat(report.prefetch()).isEqualTo(5);
        assertThat(report.number()).isEqualTo(1);
    }

    @Test
    void aConsumerIsToldWithWhatItHolds() throws Exception {
        Channel channel = connection.createChannel();
        channel.basicQos(3);
        channel.queueDeclare("q", true, false, false, null);
        for (int i = 0; i < 10; i++) {
            channel.basicPublish("", "q", null, new byte[1]);
        }
        var three = new CountDownLatch(3);
        channel.basicConsume("q", false, "tag", false, false, Map.of("x-priority", 2), new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                three.countDown();
            }
        });
        three.await();

        ChannelReport report = onlyChannel();
        assertThat(report.unsettled()).isEqualTo(3);
        assertThat(report.counts().of(Counted.DELIVER)).isEqualTo(3);
        assertThat(report.consumers()).singleElement().satisfies(consumer -> {
            assertThat(consumer.queue()).isEqualTo("q");
            assertThat(consumer.tag()).isEqualTo("tag");
            assertThat(consumer.ackRequired()).isTrue();
            assertThat(consumer.prefetch()).isEqualTo(3);
            assertThat(consumer.active()).isTrue();
            assertThat(consumer.arguments().get("x-priority")).isEqualTo(2);
        });
    }

    @Test
    void aTransactionIsToldWhileItIsOpen() throws Exception {
        Channel channel = connection.createChannel();
        channel.txSelect();
        channel.queueDeclare("q", true, false, false, null);
        channel.basicPublish("", "q", null, new byte[1]);
        channel.basicPublish("", "q", null, new byte[1]);
        channel.queueDeclarePassive("q");
        assertThat(onlyChannel().transactional()).isTrue();
        assertThat(onlyChannel().uncommitted()).isEqualTo(2);
        channel.txCommit();
        assertThat(onlyChannel().uncommitted()).isZero();
        channel.basicAck(channel.basicGet("q", false).getEnvelope().getDeliveryTag(), false);
        channel.queueDeclarePassive("q");
        assertThat(onlyChannel().acksUncommitted()).isEqualTo(1);
    }

    @Test
    void whatAClosedConnectionHasCountedStaysInTheTotals() throws Exception {
        Channel channel = connection.createChannel();
        channel.basicPublish("", "nowhere", null, new byte[1]);
        channel.close();
        assertThat(totals().openChannels()).isZero();
        assertThat(totals().connections().of(Counted.CHANNEL_CLOSED)).isEqualTo(1);
        connection.close();

        assertThat(totals().openConnections()).isZero();
        assertThat(totals().connections().of(Counted.PUBLISH)).isEqualTo(1);
        assertThat(totals().connections().of(Counted.OCTETS_IN)).isPositive();
        assertThat(totals().connectionsClosed()).isEqualTo(1);
    }

    @Test
    void whoIsEndedByAnOperatorIsToldWhy() throws Exception {
        var told = new CompletableFuture<ShutdownSignalException>();
        connection.addShutdownListener(told::complete);
        String name = only().name();
        assertThat(world.broker().endSessions(spec -> spec.name().equals(name), "maintenance"))
                .isEqualTo(1);
        var close = (AMQP.Connection.Close) told.get().getReason();
        assertThat(close.getReplyCode()).isEqualTo(320);
        assertThat(close.getReplyText()).isEqualTo("CONNECTION_FORCED - maintenance");
    }
}

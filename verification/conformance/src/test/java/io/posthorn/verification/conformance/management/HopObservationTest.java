package io.posthorn.verification.conformance.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.http.client.Client;
import com.rabbitmq.http.client.domain.ConnectionInfo;
import com.rabbitmq.http.client.domain.ConsumerDetails;
import com.rabbitmq.http.client.domain.NodeInfo;
import com.rabbitmq.http.client.domain.QueryParameters;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the broker tells of itself and of who is there, read by Hop.
class HopObservationTest {
    // In memory there is no disk, and RabbitMQ's word for how much of it is free is none that Hop knows.
    @AutoClose
    private final Server server;

    private final Client hop;

    HopObservationTest(@TempDir Path directory) {
        server = Server.start(ServerConfig.inDirectory(directory));
        hop = Hop.client(server, "guest", "guest");
    }

    private Connection connect() throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.amqpAddress().orElseThrow().getPort());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("hop's");
    }

    @Test
    @HopCalls({"getOverview"})
    void theOverviewTellsWhatItIs() {
        var overview = hop.getOverview();

        assertThat(overview.getServerVersion()).isEqualTo("4.2.1");
        assertThat(overview.getNode()).isEqualTo(hop.getNodes().getFirst().getName());
        assertThat(overview.getExchangeTypes()).extracting("name").contains("direct", "topic");
        assertThat(overview.getObjectTotals().getExchanges()).isPositive();
        assertThat(overview.getListeners()).extracting("protocol").contains("amqp", "http");
    }

    @Test
    @HopCalls({"getNodes", "getNode"})
    void thereIsOneNodeAndItRuns() {
        assertThat(hop.getNodes()).extracting(NodeInfo::isRunning).containsExactly(true);
        var node = hop.getNode(hop.getNodes().getFirst().getName());
        assertThat(node.getMemoryUsed()).isPositive();
        assertThat(node.getMemoryLimit()).isPositive();
        assertThat(node.isMemoryAlarmActive()).isFalse();
        assertThat(node.getUptime()).isPositive();
    }

    @Test
    @HopCalls({"getConnections", "getConnection", "getConnectionsOfUser"})
    void connectionsAreShown() throws IOException, TimeoutException {
        try (Connection connection = connect()) {
            connection.createChannel();

            assertThat(hop.getConnections())
                    .extracting(ConnectionInfo::getUser, ConnectionInfo::getVhost)
                    .containsExactly(tuple("guest", "/"));
            var one = hop.getConnection(hop.getConnections().getFirst().getName());
            assertThat(one.getPeerPort()).isPositive();
            assertThat(one.getChannelMax()).isEqualTo(2047);
            assertThat(one.getClientProperties().getConnectionName()).isEqualTo("hop's");
            var page = hop.getConnections(
                    new QueryParameters().pagination().pageSize(10).query());
            assertThat(page.getTotalCount()).isEqualTo(1);
            assertThat(page.getItems()).hasSize(1);
            assertThat(hop.getConnectionsOfUser("guest")).extracting("username").containsExactly("guest");
        }
    }

    @Test
    @HopCalls({"closeConnection", "closeAllConnectionsOfUser"})
    void connectionsAreClosed() throws IOException, TimeoutException {
        connect(); // by name
        var told = listen(connect());
        for (ConnectionInfo each : hop.getConnections()) {
            hop.closeConnection(each.getName(), "because");
        }
        assertThat(told.join()).contains("320");
        told = listen(connect());
        hop.closeAllConnectionsOfUser("guest");
        assertThat(told.join()).contains("320");
        told = listen(connect());
        hop.getConnections().forEach(each -> hop.closeConnection(each.getName()));
        assertThat(told.join()).contains("320");
    }

    private static CompletableFuture<String> listen(Connection connection) {
        var told = new CompletableFuture<String>();
        connection.addShutdownListener(cause -> told.complete(String.valueOf(cause.getReason())));
        return told;
    }

    @Test
    @HopCalls({"getChannels", "getChannel", "getConsumers"})
    void channelsAndConsumersAreShown() throws IOException, TimeoutException {
        try (Connection connection = connect()) {
            Channel channel = connection.createChannel(3);
            channel.basicQos(7);
            channel.confirmSelect();
            channel.queueDeclare("q", false, false, false, null);
            channel.basicConsume("q", false, "tag", new DefaultConsumer(channel));

            var shown = hop.getChannels().getFirst();
            assertThat(shown.getNumber()).isEqualTo(3);
            assertThat(shown.usesPublisherConfirms()).isTrue();
            assertThat(shown.getConsumerCount()).isEqualTo(1);
            assertThat(hop.getChannel(shown.getName()).getVhost()).isEqualTo("/");
            assertThat(hop.getChannels(hop.getConnections().getFirst().getName()))
                    .hasSize(1);
            assertThat(hop.getChannels(new QueryParameters()
                                    .pagination()
                                    .pageSize(10)
                                    .query())
                            .getTotalCount())
                    .isEqualTo(1);
            for (var consumers : List.of(hop.getConsumers(), hop.getConsumers("/"))) {
                assertThat(consumers)
                        .extracting(
                                ConsumerDetails::getConsumerTag,
                                ConsumerDetails::isAckRequired,
                                ConsumerDetails::getPrefetchCount)
                        .containsExactly(tuple("tag", true, 7));
            }
        }
    }
}

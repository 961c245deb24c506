package io.posthorn.verification.conformance.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.rabbitmq.http.client.Client;
import com.rabbitmq.http.client.GetAckMode;
import com.rabbitmq.http.client.GetEncoding;
import com.rabbitmq.http.client.domain.BindingInfo;
import com.rabbitmq.http.client.domain.DeleteQueueParameters;
import com.rabbitmq.http.client.domain.DestinationType;
import com.rabbitmq.http.client.domain.DetailsParameters;
import com.rabbitmq.http.client.domain.ExchangeInfo;
import com.rabbitmq.http.client.domain.OutboundMessage;
import com.rabbitmq.http.client.domain.QueryParameters;
import com.rabbitmq.http.client.domain.QueueInfo;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Queues, exchanges, bindings and messages through Hop.
class HopQueuesTest {
    @AutoClose
    private final Server server = Server.start(ServerConfig.inMemory());

    private final Client hop = Hop.client(server, "guest", "guest");

    private static QueryParameters firstPage() {
        return new QueryParameters().pagination().pageSize(10).query();
    }

    @Test
    @HopCalls({"declareQueue", "getQueue", "getQueues", "purgeQueue", "deleteQueue"})
    void queuesAreDeclaredShownPurgedAndDeleted() {
        hop.declareQueue("/", "q", new QueueInfo(true, false, false, Map.of("x-max-length", 5)));
        hop.declareQueue("/", "r", new QueueInfo(true, false, false));

        var shown = hop.getQueue("/", "q");
        assertThat(shown.isDurable()).isTrue();
        assertThat(shown.getArguments()).containsEntry("x-max-length", 5);
        assertThat(shown.getType()).isEqualTo("classic");
        assertThat(hop.getQueue("/", "q", new DetailsParameters()).getName()).isEqualTo("q");
        for (List<QueueInfo> queues : List.of(
                hop.getQueues(),
                hop.getQueues("/"),
                hop.getQueues(new DetailsParameters()),
                hop.getQueues("/", new DetailsParameters()),
                hop.getQueues(firstPage()).getItemsAsList(),
                hop.getQueues("/", firstPage()).getItemsAsList())) {
            assertThat(queues).extracting(QueueInfo::getName).containsExactly("q", "r");
        }
        hop.publish("/", "amq.default", "q", new OutboundMessage().payload("m").utf8Encoded());
        hop.purgeQueue("/", "q");
        assertThat(hop.get("/", "q")).isNull();
        hop.deleteQueue("/", "q");
        hop.deleteQueue("/", "r", new DeleteQueueParameters(true, true));
        assertThat(hop.getQueue("/", "q")).isNull();
        assertThat(hop.getQueues()).isEmpty();
    }

    @Test
    @HopCalls({"declareExchange", "getExchange", "getExchanges", "deleteExchange"})
    void exchangesAreDeclaredShownAndDeleted() {
        hop.declareExchange("/", "x", new ExchangeInfo("topic", true, false));

        assertThat(hop.getExchange("/", "x").getType()).isEqualTo("topic");
        for (List<ExchangeInfo> exchanges : List.of(
                hop.getExchanges(),
                hop.getExchanges("/"),
                hop.getExchanges(firstPage()).getItemsAsList(),
                hop.getExchanges("/", firstPage()).getItemsAsList())) {
            assertThat(exchanges).extracting(ExchangeInfo::getName).contains("x", "amq.direct");
        }
        hop.deleteExchange("/", "x");
        assertThat(hop.getExchange("/", "x")).isNull();
    }

    @Test
    @HopCalls({
        "bindQueue",
        "unbindQueue",
        "bindExchange",
        "unbindExchange",
        "getBindings",
        "getBindingsBySource",
        "getExchangeBindingsByDestination",
        "getQueueBindings",
        "getQueueBindingsBetween",
        "getExchangeBindingsBetween"
    })
    void bindingsAreMadeShownAndDeleted() {
        hop.declareQueue("/", "q", new QueueInfo(true, false, false));
        hop.bindQueue("/", "q", "amq.topic", "a.#");
        hop.bindQueue("/", "q", "amq.headers", "", Map.of("x-match", "any", "n", 1));
        hop.bindExchange("/", "amq.fanout", "amq.topic", "b.#");
        hop.bindExchange("/", "amq.direct", "amq.headers", "", Map.of("n", 2));

        assertThat(hop.getBindings()).hasSize(5);
        assertThat(hop.getBindings("/")).hasSize(5);
        assertThat(hop.getBindingsBySource("/", "amq.topic"))
                .extracting(BindingInfo::getDestination, BindingInfo::getDestinationType, BindingInfo::getRoutingKey)
                .containsExactlyInAnyOrder(
                        tuple("q", DestinationType.QUEUE, "a.#"), tuple("amq.fanout", DestinationType.EXCHANGE, "b.#"));
        assertThat(hop.getQueueBindings("/", "q")).hasSize(3);
        assertThat(hop.getQueueBindingsBetween("/", "amq.headers", "q"))
                .extracting(BindingInfo::getArguments)
                .containsExactly(Map.of("x-match", "any", "n", 1));
        assertThat(hop.getExchangeBindingsByDestination("/", "amq.fanout")).hasSize(1);
        assertThat(hop.getExchangeBindingsBetween("/", "amq.topic", "amq.fanout"))
                .hasSize(1);
        hop.unbindQueue("/", "q", "amq.topic", "a.#");
        hop.unbindExchange("/", "amq.fanout", "amq.topic", "b.#");
        assertThat(hop.getBindingsBySource("/", "amq.topic")).isEmpty();
    }

    @Test
    @HopCalls({"publish", "get"})
    void messagesArePublishedAndFetched() {
        hop.declareQueue("/", "q", new QueueInfo(true, false, false));
        var message = new OutboundMessage()
                .payload("a message")
                .utf8Encoded()
                .properties(Map.of("delivery_mode", 2, "content_type", "text/plain"));

        assertThat(hop.publish("/", "amq.default", "q", message)).isTrue();
        assertThat(hop.publish("/", "amq.default", "nowhere", message)).isFalse();
        var looked = hop.get("/", "q", 5, GetAckMode.NACK_REQUEUE_TRUE, GetEncoding.AUTO);
        assertThat(looked).hasSize(1);
        assertThat(looked.getFirst().getPayload()).isEqualTo("a message");
        assertThat(looked.getFirst().getProperties()).containsEntry("content_type", "text/plain");
        assertThat(hop.get("/", "q", 5, GetAckMode.NACK_REQUEUE_TRUE, GetEncoding.AUTO, 3)
                        .getFirst()
                        .getPayload())
                .isEqualTo("a m");
        assertThat(hop.get("/", "q").getPayload()).isEqualTo("a message");
    }

    @Test
    @HopCalls({"alivenessTest", "getExtensions"})
    void theBrokerIsAliveAndHasNoPages() {
        assertThat(hop.alivenessTest("/")).isTrue();
        assertThat(hop.getExtensions()).isNotNull();
    }
}

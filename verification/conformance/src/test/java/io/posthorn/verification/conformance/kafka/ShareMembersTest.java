package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Members of share groups, seen by those who know of consumers only.
@Timeout(120)
class ShareMembersTest {
    @Test
    void membersAreConsumersOfTheQueue() throws Exception {
        try (var server = KafkaServer.managed();
                Admin admin = server.admin();
                var http = HttpClient.newHttpClient()) {
            GroupConfig.quick(admin, "workers");
            try (Connection connection = server.amqpConnection();
                    Channel channel = connection.createChannel()) {
                channel.queueDeclare("orders", true, false, false, Map.of());
                channel.basicPublish("", "orders", null, "hello".getBytes(StandardCharsets.UTF_8));
                try (var member = ShareMember.accepting(server, "workers", "orders")) {
                    member.take(1);
                    assertThat(channel.queueDeclarePassive("orders").getConsumerCount())
                            .isEqualTo(1);
                    assertThat(get(http, server, "/api/queues/%2F/orders?columns=consumers,consumer_details"))
                            .matches(
                                    "\\{\"consumers\":1,\"consumer_details\":\\[\\{\"consumer_tag\":\"[^\"]+\"\\}\\]\\}");
                    assertThat(get(http, server, "/api/consumers"))
                            .contains("\"x-group\":\"workers\"", "\"ack_required\":true");
                }
                while (channel.queueDeclarePassive("orders").getConsumerCount() > 0) {
                    Thread.onSpinWait();
                }
                assertThat(get(http, server, "/api/consumers")).isEqualTo("[]");
            }
        }
    }

    @Test
    void eachMemberIsOneConsumerOfATopicWithSeveralPartitions() throws Exception {
        try (var server = KafkaServer.managed();
                Admin admin = server.admin();
                var http = HttpClient.newHttpClient()) {
            GroupConfig.quick(admin, "workers");
            admin.createTopics(List.of(new NewTopic("events", 4, (short) 1)))
                    .all()
                    .get();
            try (var _ = ShareMember.accepting(server, "workers", "events")) {
                awaitConsumers(1, http, server);
                try (var _ = ShareMember.accepting(server, "workers", "events")) {
                    awaitConsumers(2, http, server);
                }
                awaitConsumers(1, http, server);
            }
        }
    }

    private static void awaitConsumers(int count, HttpClient http, KafkaServer server) throws Exception {
        for (String wanted :
                List.of("/api/queues/%2F/events?columns=consumers", "/api/overview?columns=object_totals.consumers")) {
            while (!get(http, server, wanted).contains("\"consumers\":" + count)) {
                Thread.onSpinWait();
            }
        }
    }

    private static String get(HttpClient http, KafkaServer server, String path) throws Exception {
        int port = server.server().httpAddress().orElseThrow().getPort();
        String login = Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Basic " + login)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}

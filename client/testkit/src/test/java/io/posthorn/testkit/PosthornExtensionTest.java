package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.events.Capability;
import io.posthorn.events.Posthorn;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// A broker as a parameter.
class PosthornExtensionTest {
    @Nested
    @PosthornTest
    class AServer {
        @Test
        void isReachedByAForeignClientAndByTheLibrary(Addresses addresses, Posthorn posthorn) throws Exception {
            var queue = posthorn.queue("work", String.class);
            var factory = new ConnectionFactory();
            factory.setUri(addresses.amqp());
            try (var connection = factory.newConnection();
                    var channel = connection.createChannel()) {
                channel.confirmSelect();
                channel.basicPublish("", "work", null, "from outside".getBytes(StandardCharsets.UTF_8));
                channel.waitForConfirmsOrDie();
            }
            assertThat(queue.dequeue().orElseThrow().value()).isEqualTo("from outside");
        }

        @Test
        void isManagedOverHttp(Addresses addresses) throws Exception {
            String login = Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));
            try (var http = HttpClient.newHttpClient()) {
                var request = HttpRequest.newBuilder(addresses.management().resolve("overview"))
                        .header("Authorization", "Basic " + login)
                        .build();
                assertThat(http.send(request, BodyHandlers.ofString()).statusCode())
                        .isEqualTo(200);
            }
        }

        @Test
        void isNewForEachTest(Posthorn posthorn) {
            assertThat(posthorn.queue("work", String.class).length()).isZero();
        }
    }

    @Test
    @PosthornTest(on = Setup.Kind.FILES, time = Setup.Time.VIRTUAL)
    void aMethodMayAskForAnother(Posthorn posthorn, TestBroker broker) {
        assertThat(posthorn.capabilities()).contains(Capability.DURABLE, Capability.PEEK);
        assertThat(broker.clock().instant()).isEqualTo(VirtualClock.BEGIN);
        assertThatThrownBy(broker::addresses)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("TestBroker.server()");
    }
}

package io.posthorn.protocol.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.config.KeptGroupConfigs;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupConfigsTest {
    private final KafkaWorld world = new KafkaWorld();
    private final GroupConfigs configs =
            GroupConfigs.of(new KeptGroupConfigs(world.broker(), KafkaSettings.DEFAULTS), KafkaSettings.DEFAULTS);

    @AfterEach
    void stop() {
        world.close();
    }

    /// As definitions may that are imported.
    private void set(String group, String json) {
        var change = new AdminChange.PutParameter(new Parameter("/", "kafka-group", group, json));
        Futures.<Done>of(reply -> world.broker()
                        .administration()
                        .apply(new Actor(Principal.OWNER, "a test"), List.of(change), reply))
                .join();
    }

    private int heartbeatInterval(String group) throws IOException {
        try (var client = world.connect()) {
            var joins = new ConsumerGroupHeartbeatRequestData()
                    .setGroupId(group)
                    .setMemberId(Uuid.randomUuid().toString())
                    .setRebalanceTimeoutMs(5_000)
                    .setSubscribedTopicNames(List.of("orders"))
                    .setTopicPartitions(List.of());
            return client.ask(
                            new ConsumerGroupHeartbeatRequest.Builder(joins).build((short) 1),
                            ConsumerGroupHeartbeatResponse.class)
                    .data()
                    .heartbeatIntervalMs();
        }
    }

    @Test
    void theCoordinatorGoesByWhatAGroupIsConfiguredWith() throws IOException {
        assertThat(heartbeatInterval("orders")).isEqualTo(5_000);

        set("orders", "{\"consumer.heartbeat.interval.ms\":\"7000\"}");

        assertThat(heartbeatInterval("orders")).isEqualTo(7_000);
        assertThat(heartbeatInterval("others")).isEqualTo(5_000);
    }

    @Test
    void whatIsBeyondTheBrokersBoundsCountsAsTheBound() {
        set("orders", "{\"consumer.session.timeout.ms\":\"1\",\"share.delivery.count.limit\":\"1000\"}");

        var config = configs.groupConfig("orders").orElseThrow();

        assertThat(config.consumerSessionTimeoutMs()).contains(45_000);
        assertThat(config.shareDeliveryCountLimit()).contains(10);
        assertThat(configs.groupIds()).containsExactly("orders");
    }

    @Test
    void aParameterThatIsNoConfigurationDoesNothing() throws IOException {
        set("list", "[1, 2]");
        set("words", "{\"consumer.heartbeat.interval.ms\":\"often\"}");
        set("null", "{\"consumer.heartbeat.interval.ms\":null}");

        assertThat(configs.groupConfig("list")).isEmpty();
        assertThat(configs.groupConfig("words")).isEmpty();
        assertThat(configs.groupConfig("null")).isEmpty();
        assertThat(heartbeatInterval("words")).isEqualTo(5_000);
    }
}

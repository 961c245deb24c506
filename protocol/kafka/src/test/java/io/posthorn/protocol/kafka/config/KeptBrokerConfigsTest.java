package io.posthorn.protocol.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.KafkaWorld;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptBrokerConfigsTest {
    private static final String KEY = "transactional.id.expiration.ms";
    private static final Duration OTHERWISE = Duration.ofDays(7);

    private final KafkaWorld world = new KafkaWorld();
    private final KeptBrokerConfigs configs = new KeptBrokerConfigs(world.broker(), KafkaSettings.DEFAULTS);

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aTimeThatMakesNoSenseLeavesItToTheNextLevel() {
        for (String nonsense : List.of("-1", "0", "soon", "99999999999999999999")) {
            set("kafka-broker", nonsense);
            assertThat(configs.millis(KEY, OTHERWISE)).as(nonsense).isEqualTo(OTHERWISE);
        }
        set("kafka-brokers", "5000");
        assertThat(configs.millis(KEY, OTHERWISE)).isEqualTo(Duration.ofSeconds(5));
        set("kafka-broker", "3000");
        assertThat(configs.millis(KEY, OTHERWISE)).isEqualTo(Duration.ofSeconds(3));
    }

    /// As definitions may that are imported.
    private void set(String component, String value) {
        var change = new AdminChange.PutParameter(new Parameter("/", component, KEY, '"' + value + '"'));
        Futures.<Done>of(reply -> world.broker()
                        .administration()
                        .apply(new Actor(Principal.OWNER, "a test"), List.of(change), reply))
                .join();
    }
}

package io.posthorn.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.topology.VirtualHost;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class KafkaRehearsalTest {
    @Test
    void whatIsRehearsedIsAnswered() throws Exception {
        try (var world = new KafkaWorld()) {
            KafkaRehearsal.perform(new InetSocketAddress(InetAddress.getLoopbackAddress(), world.port()));

            VirtualHost host = world.broker().administration().current().virtualHost("/");
            assertThat(host.seenTopic("rehearsal"))
                    .isNotNull()
                    .satisfies(topic -> assertThat(
                                    topic.partitions().getFirst().bounds().highWatermark())
                            .isEqualTo(1));
        }
    }
}

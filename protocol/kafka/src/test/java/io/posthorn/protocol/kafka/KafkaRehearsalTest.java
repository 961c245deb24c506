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
            var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), world.port());
            KafkaRehearsal.perform(server, System.currentTimeMillis(), 3);

            VirtualHost host = world.broker().administration().current().virtualHost("/");
            assertThat(host.seenTopic("rehearsal"))
                    .isNotNull()
                    .satisfies(topic -> assertThat(
                                    topic.partitions().getFirst().bounds().highWatermark())
                            .isEqualTo(1));
            // Twelve of the sixteen requests of a round bring a record for the first partition, and four 20 for each.
            assertThat(host.seenTopic("rehearsal-of-producers"))
                    .isNotNull()
                    .satisfies(topic -> assertThat(topic.partitions())
                            .extracting(partition -> partition.bounds().highWatermark())
                            .startsWith(3 * (12 + 80L), 3 * 80L)
                            .hasSize(12));
        }
    }
}

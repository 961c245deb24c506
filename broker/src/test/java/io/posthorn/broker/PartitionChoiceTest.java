package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.log.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionChoiceTest {
    private final BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
    private final Client client = world.connect();

    @BeforeEach
    void topic() {
        client.createTopic("t", 4);
    }

    /// The values are those of Kafka's own tests.
    @ParameterizedTest
    @CsvSource({
        "21, -973932308",
        "foobar, -790332482",
        "a-little-bit-long-string, -985981536",
        "a-little-bit-longer-string, -1486304829",
        "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8, -58897971",
        "abc, 479470107"
    })
    void keysHaveTheHashThatKafkaGivesThem(String key, int hash) {
        assertThat(PartitionChoice.murmur2(Bytes.utf8(key))).isEqualTo(hash);
    }

    @Test
    void whatHasAKeyGoesWhereKafkasProducersWouldSendIt() {
        for (int i = 0; i < 20; i++) {
            publish("abc");
            publish("21");
        }
        client.session.flush();
        world.run();
        // 479470107 % 4 and (-973932308 & 0x7fffffff) % 4
        assertThat(ends()).containsExactly(20L, 0L, 0L, 20L);
    }

    @Test
    void whatHasNoKeyGoesToOnePartitionForEachBatch() {
        for (int batch = 0; batch < 8; batch++) {
            for (int i = 0; i < 5; i++) {
                publish(null);
            }
            client.session.flush();
            world.run();
        }
        assertThat(ends()).containsExactly(10L, 10L, 10L, 10L);
    }

    @Test
    void whatIsRoutedToATopicAndAQueueGoesToBoth() {
        client.declare("q");
        client.bind("amq.fanout", "q");
        client.bind("amq.fanout", "t");
        client.publisher.publish(message("amq.fanout", "", Bytes.utf8("abc")), 1);
        client.session.flush();
        world.run();
        assertThat(ends()).containsExactly(0L, 0L, 0L, 1L);
        assertThat(client.status("q").ready()).isOne();
        assertThat(client.accepted).containsExactly(1L);
    }

    @Test
    void partitionsThatComeLaterTakeTheirShare() {
        publish(null);
        client.session.topics().addPartitions(client.topic("t"), 8, new Answer<Topic>());
        world.run();
        for (int i = 0; i < 16; i++) {
            publish(null);
            client.session.flush();
        }
        world.run();
        assertThat(ends()).hasSize(8).allMatch(end -> end >= 1);
    }

    private void publish(@Nullable String key) {
        client.publisher.publish(message("", "t", key == null ? null : Bytes.utf8(key)), -1);
    }

    private static Message message(String exchange, String routingKey, @Nullable Bytes key) {
        return new Message(
                exchange,
                routingKey,
                List.of(),
                key,
                List.of(),
                Bytes.utf8("m"),
                true,
                0,
                Message.NEVER,
                0,
                () -> Arguments.NONE);
    }

    private List<Long> ends() {
        return client.topic("t").partitions().stream()
                .map(Partition::bounds)
                .map(bounds -> bounds.highWatermark())
                .toList();
    }
}

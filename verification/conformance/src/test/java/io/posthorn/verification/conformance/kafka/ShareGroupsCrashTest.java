package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.ChildProcess;
import io.posthorn.verification.conformance.PosthornProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a share group has acknowledged, and a broker that is killed, or stopped in order.
@Timeout(300)
class ShareGroupsCrashTest {
    private static final int RECORDS = 240;
    private static final int PER_ROUND = 80;

    @TempDir
    private Path data = Path.of("");

    private final Set<String> accepted = new HashSet<>();

    private final Set<String> released = new TreeSet<>();

    @Test
    void whatWasAnsweredIsKnownAfterAKill() throws Exception {
        for (int round = 0; accepted.size() < RECORDS; round++) {
            try (ChildProcess broker = start()) {
                String address = address(broker);
                if (round == 0) {
                    prepare(address);
                }
                consume(address, broker, round % 2 == 0);
            }
        }
        assertThat(accepted).hasSize(RECORDS);
    }

    private void prepare(String address) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", address))) {
            admin.createTopics(List.of(new NewTopic("orders", 2, (short) 1)))
                    .all()
                    .get();
            GroupConfig.quick(admin, "workers");
            // Nobody waits for long for who was there when the broker was killed.
            GroupConfig.set(
                    admin,
                    "workers",
                    Map.of("share.auto.offset.reset", "earliest", "share.session.timeout.ms", "3000"));
        }
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", address, "batch.size", 500),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                var _ = producer.send(new ProducerRecord<>("orders", Integer.toString(i)));
            }
        }
    }

    /// Accepts and releases for a while, and kills the broker while records are leased.
    private void consume(String address, ChildProcess broker, boolean kills) throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                address,
                "group.id",
                "workers",
                "share.acknowledgement.mode",
                "explicit",
                "max.poll.records",
                10);
        try (var consumer = new KafkaShareConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            for (int done = 0; done < PER_ROUND && accepted.size() < RECORDS; ) {
                List<String> acceptedNow = new ArrayList<>();
                List<String> releasedNow = new ArrayList<>();
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    assertThat(accepted).as("was answered").doesNotContain(record.value());
                    if (released.contains(record.value())) {
                        assertThat(record.deliveryCount().get()).isGreaterThan((short) 1);
                    }
                    boolean comesBack = record.offset() % 5 == 0 && !released.contains(record.value());
                    consumer.acknowledge(record, comesBack ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT);
                    (comesBack ? releasedNow : acceptedNow).add(record.value());
                }
                if (!acceptedNow.isEmpty() || !releasedNow.isEmpty()) {
                    assertThat(consumer.commitSync().values()).allMatch(Optional::isEmpty);
                    accepted.addAll(acceptedNow);
                    released.addAll(releasedNow);
                    done += acceptedNow.size();
                }
            }
            if (accepted.size() < RECORDS) {
                consumer.poll(Duration.ofSeconds(1));
            }
            if (kills) {
                broker.kill();
            }
            consumer.close(Duration.ZERO);
        }
    }

    private ChildProcess start() throws IOException {
        List<String> command = new ArrayList<>(PosthornProcess.javaCommand());
        command.addAll(List.of("io.posthorn.server.Main", "serve", "--data", data.toString()));
        command.addAll(List.of("--amqp", "127.0.0.1:0", "--kafka", "127.0.0.1:0", "--http", "off"));
        return ChildProcess.start("posthorn", new ProcessBuilder(command));
    }

    private static String address(ChildProcess broker) throws InterruptedException {
        return broker.awaitLine(line -> line.matches(" +Kafka +127.0.0.1:\\d+"), Duration.ofMinutes(1))
                .replaceAll(".* ", "");
    }
}

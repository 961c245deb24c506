package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.ChildProcess;
import io.posthorn.verification.conformance.PosthornProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that are not Kafka's own, under way while the broker is killed and comes back, and while it is restarted.
@Execution(ExecutionMode.CONCURRENT)
class ForeignRestartsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path data = Path.of("");

    @ParameterizedTest
    @EnumSource(names = {"KAFKA_PYTHON", "KAFKAJS"})
    void whatIsAcknowledgedIsRead(ForeignKafka client) throws Exception {
        client.assumeAvailable();
        try (PosthornProcess broker = broker();
                ChildProcess program = client.start(broker.kafka(), "restarts", "kept")) {
            program.awaitLine(line -> line.equals("under way"), PATIENCE);
            broker.kill();
            broker.restart();
            program.say("go on");
            program.awaitLine(line -> line.equals("went on"), PATIENCE);
            assertThat(broker.stop()).isIn(0, 143);
            broker.restart();
            program.say("enough");

            assertThat(program.awaitSuccess(PATIENCE).getLast())
                    .isEqualTo(client == ForeignKafka.KAFKAJS ? "missing 0 twice 0" : "missing 0");
        }
    }

    /// Kafka's own, as they are published: what is typed is printed, in order.
    @Test
    void theConsoleGoesOn() throws Exception {
        try (PosthornProcess broker = broker();
                ChildProcess consumer = KafkaPrograms.start(
                        "org.apache.kafka.tools.consumer.ConsoleConsumer",
                        "--bootstrap-server",
                        broker.kafka(),
                        "--topic",
                        "kept",
                        "--from-beginning",
                        "--group",
                        "console");
                ChildProcess producer = KafkaPrograms.start(
                        "org.apache.kafka.tools.ConsoleProducer",
                        "--bootstrap-server",
                        broker.kafka(),
                        "--topic",
                        "kept")) {
            producer.say("one");
            consumer.awaitLine(line -> line.equals("one"), PATIENCE);
            broker.kill();
            producer.say("two");
            broker.restart();
            consumer.awaitLine(line -> line.equals("two"), PATIENCE);
            producer.say("three");
            producer.endInput();
            assertThat(producer.awaitExit(PATIENCE)).isZero();
            consumer.awaitLine(line -> line.equals("three"), PATIENCE);
        }
    }

    /// Each line of its input once and in order, and a member that goes on.
    @Test
    void kcatProducesAndReadsOn() throws Exception {
        ForeignKafka.KCAT.assumeAvailable();
        try (PosthornProcess broker = broker();
                ChildProcess consumer = ForeignKafka.KCAT.start(
                        broker.kafka(),
                        "-G",
                        "kept",
                        "-E",
                        "-q",
                        "-u",
                        "-X",
                        "auto.offset.reset=earliest",
                        "-X",
                        "reconnect.backoff.max.ms=200",
                        "-X",
                        "heartbeat.interval.ms=300",
                        // Who has to join anew waits for the session that it had before.
                        "-X",
                        "session.timeout.ms=10000",
                        "kept");
                ChildProcess producer = ForeignKafka.KCAT.start(
                        broker.kafka(),
                        "-P",
                        "-t",
                        "kept",
                        "-p",
                        "1",
                        "-E",
                        "-X",
                        "enable.idempotence=true",
                        "-X",
                        "reconnect.backoff.max.ms=200",
                        "-X",
                        "linger.ms=0")) {
            say(producer, 0, 200);
            awaitNumber(consumer, 100);
            broker.kill();
            say(producer, 200, 400);
            broker.restart();
            awaitNumber(consumer, 300);
            say(producer, 400, 600);
            assertThat(broker.stop()).isIn(0, 143);
            say(producer, 600, 800);
            broker.restart();
            producer.endInput();
            assertThat(producer.awaitExit(PATIENCE)).isZero();
            awaitNumber(consumer, 799);

            List<String> all =
                    IntStream.range(0, 800).mapToObj(ForeignRestartsTest::line).toList();
            assertThat(consumer.lines()).containsAll(all);
            try (ChildProcess reader = ForeignKafka.KCAT.start(
                    broker.kafka(), "-C", "-t", "kept", "-p", "1", "-o", "beginning", "-e", "-q")) {
                assertThat(reader.awaitSuccess(PATIENCE)).containsExactlyElementsOf(all);
            }
        }
    }

    private static void say(ChildProcess producer, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            producer.say(line(i));
        }
    }

    /// Long, since kcat reads its input in blocks.
    private static String line(int number) {
        return number + " " + "x".repeat(500);
    }

    private static void awaitNumber(ChildProcess consumer, int number) throws Exception {
        consumer.awaitLine(line -> line.startsWith(number + " "), PATIENCE);
    }

    private PosthornProcess broker() throws Exception {
        PosthornProcess broker = PosthornProcess.startWithKafka(data);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.kafka()))) {
            admin.createTopics(List.of(new NewTopic("kept", 2, (short) 1)))
                    .all()
                    .get();
        }
        return broker;
    }
}

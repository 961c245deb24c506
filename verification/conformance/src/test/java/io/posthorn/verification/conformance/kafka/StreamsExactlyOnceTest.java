package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.ChildProcess;
import io.posthorn.verification.conformance.PosthornProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A program on Kafka Streams counts words exactly once: each new count of a word goes out, so that whoever reads what
/// is committed finds 1, 2, 3... of every word, whatever has stopped or died meanwhile.
@Execution(ExecutionMode.CONCURRENT)
class StreamsExactlyOnceTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> WORDS =
            IntStream.range(0, 12).mapToObj(i -> "word" + i).toList();
    private static final int LINES = 100;

    @TempDir
    private Path directory = Path.of("");

    private int lives;

    @Test
    void countsStayExactWhenTheProgramIsKilledAndLosesItsState() throws Exception {
        try (PosthornProcess broker = PosthornProcess.startWithKafka(directory.resolve("data"));
                var counts = new Counts(broker)) {
            try (ChildProcess first = program(broker)) {
                say(broker, LINES);
                counts.await(LINES / 2);
                first.kill();
            }
            say(broker, LINES);
            try (ChildProcess second = program(broker)) {
                counts.await(LINES + LINES / 2);
                second.terminate();
                assertThat(second.awaitExit(PATIENCE)).isEqualTo(143);
            }
            say(broker, LINES);
            try (ChildProcess third = program(broker)) {
                counts.await(3 * LINES);
                assertThat(third.isAlive()).isTrue();
            }
            counts.areExact(3 * LINES);
        }
    }

    @Test
    void countsStayExactWhenTheBrokerIsRestartedAndKilled() throws Exception {
        try (PosthornProcess broker = PosthornProcess.startWithKafka(directory.resolve("data"));
                var counts = new Counts(broker);
                ChildProcess program = program(broker)) {
            say(broker, LINES);
            counts.await(LINES / 2);
            broker.kill();
            broker.restart();
            say(broker, LINES);
            counts.await(LINES + LINES / 2);
            assertThat(broker.stop()).isIn(0, 143);
            broker.restart();
            say(broker, LINES);
            counts.await(3 * LINES);
            assertThat(program.isAlive()).isTrue();
            counts.areExact(3 * LINES);
        }
    }

    /// With no state of those before.
    private ChildProcess program(PosthornProcess broker) throws IOException {
        Path state = Files.createDirectory(directory.resolve("state-" + ++lives));
        return KafkaPrograms.start("io.posthorn.verification.programs.WordCount", broker.kafka(), state.toString());
    }

    /// Every word once a line.
    @SuppressWarnings("NullAway") // a line has no key
    private static void say(PosthornProcess broker, int lines) {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.kafka(), "reconnect.backoff.max.ms", "100"),
                new StringSerializer(),
                new StringSerializer())) {
            for (int line = 0; line < lines; line++) {
                var _ = producer.send(new ProducerRecord<>("lines", line % 2, null, String.join(" ", WORDS)));
            }
        }
    }

    /// What is committed of the counts, as it comes.
    private static final class Counts implements AutoCloseable {
        private final Map<String, List<Long>> found = new HashMap<>();
        private final KafkaConsumer<String, Long> consumer;

        Counts(PosthornProcess broker) throws Exception {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.kafka()))) {
                admin.createTopics(List.of(new NewTopic("lines", 2, (short) 1), new NewTopic("counts", 2, (short) 1)))
                        .all()
                        .get();
            }
            Map<String, Object> config = Map.of(
                    "bootstrap.servers",
                    broker.kafka(),
                    "isolation.level",
                    "read_committed",
                    "auto.offset.reset",
                    "earliest",
                    "reconnect.backoff.max.ms",
                    "100");
            consumer = new KafkaConsumer<>(config, new StringDeserializer(), new LongDeserializer());
            consumer.assign(List.of(new TopicPartition("counts", 0), new TopicPartition("counts", 1)));
        }

        /// Until every word has been counted so often.
        void await(int times) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (found.size() < WORDS.size() || found.values().stream().anyMatch(one -> one.size() < times)) {
                assertThat(System.nanoTime())
                        .as(() -> "not yet " + times + ": " + sizes())
                        .isLessThan(end);
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> found.computeIfAbsent(
                                        Objects.requireNonNull(record.key()), _ -> new ArrayList<>())
                                .add(record.value()));
            }
        }

        private Map<String, Integer> sizes() {
            Map<String, Integer> sizes = new HashMap<>();
            found.forEach((word, counts) -> sizes.put(word, counts.size()));
            return sizes;
        }

        void areExact(int times) {
            List<Long> wanted = LongStream.rangeClosed(1, times).boxed().toList();
            assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(WORDS);
            assertThat(found).allSatisfy((_, counts) -> assertThat(counts).isEqualTo(wanted));
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}

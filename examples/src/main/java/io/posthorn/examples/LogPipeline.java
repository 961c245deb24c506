package io.posthorn.examples;

import io.posthorn.events.EventBus;
import io.posthorn.events.FileArrived;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Publish;
import io.posthorn.events.Retention;
import io.posthorn.events.Sources;
import io.posthorn.events.Subscribe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Log files that arrive in a directory become events; the errors among them are kept for a week, and whoever
/// speaks Kafka reads those as a topic.
///
/// `LogPipeline amqp://guest:guest@localhost ./logs localhost:9092`
public final class LogPipeline {
    record LogLine(String service, String level, String text) {
        /// As in `shop error no tea left`.
        static LogLine parse(String line) {
            String[] words = line.split(" ", 3);
            if (words.length < 3) {
                throw new IllegalArgumentException("this is no log line: " + line);
            }
            return new LogLine(words[0], words[1], words[2]);
        }
    }

    /// What the subscription `errors` keeps, as Kafka's clients know it.
    static final String TOPIC = "posthorn.events.errors";

    private LogPipeline() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[1]));
        try (var posthorn = Posthorn.open(arguments[0])) {
            start(posthorn, directory);
            Files.writeString(
                    directory.resolve("a.log"), "shop info opened\nshop error no tea left\ntill error no ink\n");
            readByKafka(arguments[2], 2).forEach(value -> System.out.println("Kafka's client reads: " + value));
        }
    }

    static void start(Posthorn posthorn, Path directory) {
        EventBus bus = posthorn.bus();
        var errors = Subscribe.to(LogLine.class)
                .topic("logs.*.error")
                .durable("errors")
                .keeping(Retention.age(Duration.ofDays(7)));
        bus.subscribe(errors, (line, _) -> System.out.println("error in " + line.service() + ": " + line.text()));
        bus.subscribe(Subscribe.to(FileArrived.class).durable("parser"), (file, _) -> publishLines(bus, file));
        posthorn.source("logs", Sources.directory(directory).matching("*.log").movingTo(directory.resolve("done")));
    }

    private static void publishLines(EventBus bus, FileArrived file) throws IOException {
        for (String text : Files.readAllLines(Path.of(file.path()))) {
            LogLine line = LogLine.parse(text);
            bus.publish(line, Publish.to("logs." + line.service() + "." + line.level()));
        }
    }

    /// With nothing but Kafka's own client.
    static List<String> readByKafka(String bootstrapServers, int lines) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrapServers, "group.id", "log-readers", "auto.offset.reset", "earliest");
        var values = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            while (values.size() < lines) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(each -> values.add(new String(each.value(), StandardCharsets.UTF_8)));
            }
        }
        return values;
    }
}

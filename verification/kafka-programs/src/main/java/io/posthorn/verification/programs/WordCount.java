package io.posthorn.verification.programs;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

/// Counts words exactly once, with Kafka Streams: lines come from `lines`, and every word of them puts its new count
/// into
/// `counts`. So each word has the counts 1, 2, 3... there, in order and without a gap, whatever happens.
///
/// Arguments are the address of the broker and the directory of the state. It prints its states and goes on until it is
/// told to stop.
public final class WordCount {
    private WordCount() {}

    public static void main(String[] arguments) throws InterruptedException {
        var streams = new KafkaStreams(topology(), configuration(arguments[0], arguments[1]));
        // A broker that has gone away for a while costs a thread at most, and another takes its place.
        streams.setUncaughtExceptionHandler(failure -> {
            System.out.println("replaced a thread: " + failure);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams.setStateListener((now, before) -> System.out.println(now));
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close(Duration.ofSeconds(20));
            stopped.countDown();
        }));
        streams.start();
        stopped.await();
    }

    /// Words are brought together in a topic between, and their counts are kept in a store with a topic of its changes.
    private static Topology topology() {
        var builder = new StreamsBuilder();
        builder.stream("lines", Consumed.with(Serdes.String(), Serdes.String()))
                .flatMapValues(line -> List.of(line.split(" ")))
                .groupBy((_, word) -> word, Grouped.with("words", Serdes.String(), Serdes.String()))
                .count(Materialized.as("counted"))
                .toStream()
                .to("counts", Produced.with(Serdes.String(), Serdes.Long()));
        return builder.build();
    }

    private static Properties configuration(String address, String state) {
        var configuration = new Properties();
        configuration.put(StreamsConfig.APPLICATION_ID_CONFIG, "word-count");
        configuration.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, address);
        configuration.put(StreamsConfig.STATE_DIR_CONFIG, state);
        configuration.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        configuration.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        configuration.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        // Every count goes out, and not only the last of several.
        configuration.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        configuration.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), 200);
        // A killed program leaves a member and a transaction behind: the one is taken over, the other is over soon.
        configuration.put(StreamsConfig.consumerPrefix("group.instance.id"), "counter");
        configuration.put(StreamsConfig.producerPrefix("transaction.timeout.ms"), 3_000);
        configuration.put(StreamsConfig.adminClientPrefix("reconnect.backoff.max.ms"), 200);
        configuration.put(StreamsConfig.producerPrefix("reconnect.backoff.max.ms"), 200);
        configuration.put(StreamsConfig.consumerPrefix("reconnect.backoff.max.ms"), 200);
        return configuration;
    }
}

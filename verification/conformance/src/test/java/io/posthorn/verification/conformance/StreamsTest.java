package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Streams: what consumers of a kept log see, each for itself.
@SuppressWarnings("JavaUtilDate") // what the client's interface is made of
class StreamsTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @Test
    void consumersBeginWhereTheyWantAndGetEverythingFromThereWhilePublishersGoOn() throws Exception {
        String stream = stream(Map.of());
        amqp.publish(stream, bodies(0, 50));
        var first = consume(stream, "first");
        var at = consume(stream, 20);
        amqp.publish(stream, bodies(50, 60));
        var next = consume(stream, "next");
        var hour = consume(stream, "1h");
        // A timestamp of AMQP counts seconds; which message one begins with exactly is tested where time is moved by
        // hand.
        var past = consume(stream, Date.from(Instant.now().minusSeconds(3_600)));
        var future = consume(stream, Date.from(Instant.now().plusSeconds(3_600)));
        amqp.publish(stream, bodies(60, 100));

        assertThat(take(first, 100)).isEqualTo(messages(0, 100));
        assertThat(take(at, 80)).isEqualTo(messages(20, 100));
        assertThat(take(next, 40)).isEqualTo(messages(60, 100));
        assertThat(take(hour, 100)).isEqualTo(messages(0, 100));
        assertThat(take(past, 100)).isEqualTo(messages(0, 100));
        assertThat(take(future, 40)).isEqualTo(messages(60, 100));
        assertThat(take(consume(stream, "last"), 1)).isNotEmpty().isSubsetOf(messages(0, 100));
        assertThat(amqp.ready(stream)).isEqualTo(100);
    }

    @Test
    void theOffsetStandsAmongTheHeadersAndInPlaceOfAnOldOne() throws Exception {
        String stream = stream(Map.of());
        amqp.onChannel(channel -> {
            channel.confirmSelect();
            channel.basicPublish("", stream, null, Amqp.bytes("bare"));
            var full = new AMQP.BasicProperties.Builder()
                    .contentType("text/plain")
                    .contentEncoding("utf-8")
                    .headers(Map.of("h", "v"))
                    .messageId("m")
                    .build();
            channel.basicPublish("", stream, full, Amqp.bytes("full"));
            channel.basicPublish(
                    "",
                    stream,
                    full.builder().headers(Map.of("x-stream-offset", 77L)).build(),
                    Amqp.bytes("again"));
            return Amqp.confirmed(channel);
        });
        var got = consume(stream, "first");
        Delivery bare = poll(got);
        assertThat(bare.getProperties().getHeaders()).isEqualTo(Map.of("x-stream-offset", 0L));
        assertThat(bare.getProperties().getDeliveryMode()).isNull();
        Delivery full = poll(got);
        assertThat(full.getProperties().getHeaders()).hasSize(2).containsEntry("x-stream-offset", 1L);
        assertThat(full.getProperties().getHeaders().get("h")).hasToString("v");
        assertThat(full.getProperties().getContentType()).isEqualTo("text/plain");
        assertThat(full.getProperties().getMessageId()).isEqualTo("m");
        assertThat(full.getEnvelope().isRedeliver()).isFalse();
        assertThat(poll(got).getProperties().getHeaders()).isEqualTo(Map.of("x-stream-offset", 2L));
    }

    @Test
    void aFilterLetsThroughWhatHasItsValue() throws Exception {
        String stream = stream(Map.of());
        amqp.onChannel(channel -> {
            channel.confirmSelect();
            for (String value : List.of("a", "b", "none", "c", "a")) {
                Map<String, Object> headers = value.equals("none") ? Map.of() : Map.of("x-stream-filter-value", value);
                channel.basicPublish(
                        "",
                        stream,
                        new AMQP.BasicProperties.Builder().headers(headers).build(),
                        Amqp.bytes(value));
            }
            return Amqp.confirmed(channel);
        });
        var one = consume(stream, Map.of("x-stream-offset", "first", "x-stream-filter", "a"));
        var several = consume(
                stream,
                Map.of(
                        "x-stream-offset",
                        "first",
                        "x-stream-filter",
                        List.of("b", "c"),
                        "x-stream-match-unfiltered",
                        true));
        assertThat(take(one, 2)).containsExactly("a@0", "a@4");
        assertThat(take(several, 3)).containsExactly("b@1", "none@2", "c@3");
    }

    @Test
    void whatIsTooMuchIsGivenUpFromTheStart() throws Exception {
        String stream = stream(Map.of("x-max-length-bytes", 20_000, "x-stream-max-segment-size-bytes", 2_000));
        String body = "x".repeat(1_000);
        for (int i = 0; i < 100; i++) {
            amqp.publish(stream, body);
        }
        assertThat(amqp.ready(stream)).isBetween(10, 20);
        Delivery first = poll(consume(stream, 0));
        assertThat(offset(first)).isEqualTo(100 - amqp.ready(stream));
        String aged = stream(Map.of("x-max-age", "1s"));
        amqp.publish(aged, "old");
        Amqp.eventually(() -> amqp.ready(aged) == 0);
        amqp.publish(aged, "new");
        assertThat(take(consume(aged, "first"), 1)).containsExactly("new@1");
    }

    @Test
    void whatStreamsCannotDoIsRefused() throws Exception {
        String stream = stream(Map.of());
        amqp.publish(stream, "one");
        String text = "queue '" + stream + "' in vhost '/'";
        refused(
                406,
                "consumer prefetch count is not set for '" + text + "'",
                c -> c.basicConsume(stream, false, (_, _) -> {}, _ -> {}));
        refused(540, "automatic acknowledgement not supported by stream queues " + text, c -> {
            c.basicQos(1);
            return c.basicConsume(stream, true, (_, _) -> {}, _ -> {});
        });
        refused(540, "basic.get not supported by stream queues " + text, c -> c.basicGet(stream, false));
        refused(540, "queue.purge not supported by stream queues " + text, c -> c.queuePurge(stream));
        refused(
                406,
                "invalid arg 'x-stream-offset' for " + text + ": {invalid_stream_offset_arg,{longstr,<<\"bogus\">>}}",
                c -> subscribe(c, stream, Map.of("x-stream-offset", "bogus"), new LinkedBlockingQueue<>()));
        refused(
                406,
                "invalid arg 'x-priority' for " + text + " of queue type rabbit_stream_queue",
                c -> subscribe(c, stream, Map.of("x-priority", 1), new LinkedBlockingQueue<>()));
        String plain = amqp.queue();
        refused(
                406,
                "invalid arg 'x-stream-offset' for queue '" + plain + "' in vhost '/' of queue type"
                        + " rabbit_classic_queue",
                c -> subscribe(c, plain, Map.of("x-stream-offset", "first"), new LinkedBlockingQueue<>()));
        refused(540, "basic.nack and basic.reject not supported by stream queues " + text, c -> {
            var got = new LinkedBlockingQueue<Delivery>();
            c.basicQos(1);
            c.basicConsume(stream, false, Map.of("x-stream-offset", "first"), (_, d) -> got.add(d), _ -> {});
            c.basicNack(poll(got).getEnvelope().getDeliveryTag(), false, true);
            return c.queueDeclarePassive(stream);
        });
        assertThat(amqp.ready(stream)).isEqualTo(1);
    }

    @Test
    void onlyADurableNamedSharedQueueIsAStream() {
        String name = Amqp.name("stream");
        String text = "for queue '" + name + "' in vhost '/'";
        Map<String, Object> stream = Map.of("x-queue-type", "stream");
        refused(406, "invalid property 'non-durable' " + text, c -> c.queueDeclare(name, false, false, false, stream));
        refused(
                406,
                "invalid property 'exclusive-owner' " + text,
                c -> c.queueDeclare(name, true, true, false, stream));
        refused(406, "invalid property 'auto-delete' " + text, c -> c.queueDeclare(name, true, false, true, stream));
        refused(
                406,
                "Cannot declare a server-named queue for type rabbit_stream_queue",
                c -> c.queueDeclare("", true, false, false, stream));
        refused(
                406,
                "invalid arg 'x-max-age' " + text + ": invalid_max_age",
                c -> c.queueDeclare(name, true, false, false, Map.of("x-queue-type", "stream", "x-max-age", "1")));
        refused(
                406,
                "invalid arg 'x-message-ttl' " + text + " of queue type rabbit_stream_queue",
                c -> c.queueDeclare(name, true, false, false, Map.of("x-queue-type", "stream", "x-message-ttl", 1)));
        refused(
                406,
                "Exceeded max value for x-stream-max-segment-size-bytes",
                c -> c.queueDeclare(
                        name,
                        true,
                        false,
                        false,
                        Map.of("x-queue-type", "stream", "x-stream-max-segment-size-bytes", 3_000_000_001L)));
    }

    @Test
    void readersFindTheirOffsetsAgainAfterACrash(@TempDir Path directory) throws Exception {
        try (PosthornProcess posthorn = PosthornProcess.start(directory)) {
            publish(posthorn, 0, 100);
            var before = read(posthorn, 0, 100);
            posthorn.kill();
            posthorn.restart();
            publish(posthorn, 100, 200);
            posthorn.stop();
            posthorn.restart();
            var after = read(posthorn, 40, 160);
            assertThat(before).isEqualTo(messages(0, 100));
            assertThat(after).isEqualTo(messages(40, 200));
        }
    }

    private static void publish(PosthornProcess posthorn, int from, int to) throws Exception {
        try (Connection connection = factory(posthorn).newConnection()) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("s", true, false, false, Map.of("x-queue-type", "stream"));
            channel.confirmSelect();
            for (String body : bodies(from, to)) {
                channel.basicPublish("", "s", null, Amqp.bytes(body));
            }
            Amqp.confirmed(channel);
        }
    }

    private static List<String> read(PosthornProcess posthorn, int from, int count) throws Exception {
        try (Connection connection = factory(posthorn).newConnection()) {
            var got = new LinkedBlockingQueue<Delivery>();
            subscribe(connection.createChannel(), "s", Map.of("x-stream-offset", from), got);
            return take(got, count);
        }
    }

    private static ConnectionFactory factory(PosthornProcess posthorn) throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(posthorn.url());
        return factory;
    }

    private String stream(Map<String, Object> arguments) throws IOException {
        Map<String, Object> all = new HashMap<>(arguments);
        all.put("x-queue-type", "stream");
        return amqp.queue(true, all);
    }

    private BlockingQueue<Delivery> consume(String stream, Object offset) throws IOException {
        return consume(stream, Map.of("x-stream-offset", offset));
    }

    private BlockingQueue<Delivery> consume(String stream, Map<String, Object> arguments) throws IOException {
        var got = new LinkedBlockingQueue<Delivery>();
        subscribe(amqp.channel(), stream, arguments, got);
        return got;
    }

    private static String subscribe(
            Channel channel, String stream, Map<String, Object> arguments, BlockingQueue<Delivery> got)
            throws IOException {
        channel.basicQos(10);
        return channel.basicConsume(
                stream,
                false,
                "",
                false,
                false,
                arguments,
                (_, delivery) -> {
                    got.add(delivery);
                    channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                _ -> {});
    }

    private static List<String> take(BlockingQueue<Delivery> got, int count) {
        var taken = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            Delivery delivery = poll(got);
            taken.add(Amqp.text(delivery.getBody()) + "@" + offset(delivery));
        }
        return taken;
    }

    private static Delivery poll(BlockingQueue<Delivery> got) {
        try {
            Delivery delivery = got.poll(Amqp.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(delivery).isNotNull();
            return delivery;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long offset(Delivery delivery) {
        Object offset = delivery.getProperties().getHeaders().get("x-stream-offset");
        return Objects.requireNonNull((Long) offset);
    }

    private static String[] bodies(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toArray(String[]::new);
    }

    private static List<String> messages(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> i + "@" + i).toList();
    }

    private void refused(int code, String text, Amqp.Work<?> work) {
        assertThatThrownBy(() -> amqp.onChannel(work))
                .satisfies(thrown -> assertThat(reason(thrown))
                        .contains("reply-code=" + code)
                        .contains(" - " + text + ","));
    }

    private static String reason(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException shutdown) {
                return shutdown.getReason().toString();
            }
        }
        throw new AssertionError(thrown);
    }
}

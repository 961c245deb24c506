package io.posthorn.verification.conformance;

import static io.posthorn.verification.conformance.RawAmqp.hex;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.verification.conformance.RawAmqp.Arguments;
import io.posthorn.verification.conformance.RawAmqp.Frame;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the broker says of its own accord, to clients that said they understand it, and to no others.
class CapabilitiesTest {
    /// The alarm is on at 25 MiB of the small heap that servers under test have.
    private static final Map<String, String> LITTLE_MEMORY = Map.of("POSTHORN_LIMITS_MEMORY", "10");

    @AutoClose
    private final Amqp amqp = new Amqp();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aDeletedQueueCancelsTheConsumersOfThoseWhoUnderstand() throws IOException {
        assertThat(afterItsQueueIsDeleted("consumer_cancel_notify")).anyMatch(frame -> frame.is(60, 30));
        assertThat(afterItsQueueIsDeleted()).noneMatch(frame -> frame.is(60, 30));
    }

    /// What a consumer with these capabilities hears when its queue is deleted.
    private List<Frame> afterItsQueueIsDeleted(String... capabilities) throws IOException {
        String queue = amqp.queue();
        try (RawAmqp raw = RawAmqp.withChannel(BrokerUnderTest.url(), 0, capabilities)) {
            Arguments consume = new Arguments().uint16(0).shortString(queue).shortString("c");
            raw.method(1, 60, 20, consume.octet(0).table(new byte[0]));
            raw.expect(60, 21);
            amqp.onChannel(channel -> channel.queueDelete(queue));
            raw.method(1, 20, 20, new Arguments().octet(1));
            return raw.framesUpTo(20, 21);
        }
    }

    @Test
    void aPublisherIsToldAtItsFirstPublishUnderAnAlarmAndWhenItMayGoOn() throws Exception {
        try (var posthorn = PosthornProcess.start(directory, List.of(), LITTLE_MEMORY);
                Connection connection = factory(posthorn.url()).newConnection();
                Channel consumer = connection.createChannel()) {
            String queue = consumer.queueDeclare().getQueue();
            RawAmqp publisher;
            try (RawAmqp _ = hog(posthorn.url());
                    RawAmqp _ = hog(posthorn.url())) {
                awaitAlarm(posthorn.url());
                publisher = RawAmqp.withChannel(posthorn.url(), 0, "connection.blocked");
                publisher.method(1, 20, 20, new Arguments().octet(1));
                publisher.expect(20, 21);
                publisher.publish(1, queue, hex("0000"), new byte[3]);

                assertThat(reason(publisher.read())).isEqualTo("low on memory");
                assertThat(consumer.basicGet(queue, true)).isNull();
                publisher.method(1, 20, 20, new Arguments().octet(1));
            }
            assertThat(publisher.read().is(10, 61)).isTrue();
            publisher.expect(20, 21);
            assertThat(consumer.basicGet(queue, true)).isNotNull();
            publisher.close();
        }
    }

    @Test
    void aPublisherThatDoesNotUnderstandIsStoppedWithoutAWordAndNotDroppedForItsSilence() throws Exception {
        try (var posthorn = PosthornProcess.start(directory, List.of(), LITTLE_MEMORY);
                RawAmqp _ = hog(posthorn.url());
                RawAmqp _ = hog(posthorn.url())) {
            awaitAlarm(posthorn.url());
            try (RawAmqp publisher = RawAmqp.withChannel(posthorn.url(), 1)) {
                publisher.publish(1, "nowhere", hex("0000"), new byte[3]);
                publisher.method(1, 20, 20, new Arguments().octet(1));

                for (int beats = 0; beats < 6; beats++) {
                    assertThat(publisher.readAny().type()).isEqualTo(RawAmqp.HEARTBEAT);
                }
            }
        }
    }

    /// A publisher that never finishes its message: what it has sent lies in the broker's memory.
    private static RawAmqp hog(URI broker) throws IOException {
        RawAmqp raw = RawAmqp.withChannel(broker, 0);
        Arguments publish = new Arguments().uint16(0).shortString("").shortString("nowhere");
        raw.method(1, 60, 40, publish.octet(0));
        raw.frame(RawAmqp.HEADER, 1, RawAmqp.header(60, 16 << 20, hex("0000")));
        for (int sent = 0; sent < 14 << 20; sent += 128_000) {
            raw.frame(RawAmqp.BODY, 1, new byte[128_000]);
        }
        return raw;
    }

    private static void awaitAlarm(URI broker) throws IOException {
        try (RawAmqp raw = RawAmqp.withChannel(broker, 0, "connection.blocked")) {
            do {
                raw.publish(1, "nowhere", hex("0000"), new byte[1]);
                raw.method(1, 20, 20, new Arguments().octet(1));
            } while (!raw.read().is(10, 60));
        }
    }

    private static String reason(Frame blocked) {
        assertThat(blocked.is(10, 60)).isTrue();
        return new String(blocked.payload(), 5, blocked.payload().length - 5, StandardCharsets.UTF_8);
    }

    private static ConnectionFactory factory(URI broker) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.toString());
        return factory;
    }
}

package io.posthorn.verification.conformance;

import static io.posthorn.verification.conformance.RawAmqp.hex;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.RawAmqp.Arguments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Many connections and channels are opened, used and closed, and nothing of them stays. In numbers of a few seconds;
/// `-Dmany.connections=10000 -Dmany.channels=64000` are those that are promised.
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are counted in /proc")
class ManyConnectionsTest {
    private static final int CONNECTIONS = Integer.getInteger("many.connections", 300);
    private static final int CHANNELS = Integer.getInteger("many.channels", 3_000);
    private static final int CHANNELS_EACH = 2_000;

    /// What stays only as long as a connection or channel does.
    private static final List<String> THEIRS = List.of(
            "io.posthorn.protocol.amqp.AmqpConnection",
            "io.posthorn.protocol.amqp.AmqpChannel",
            "io.posthorn.broker.LocalSession",
            "io.posthorn.broker.LocalPublisher",
            "io.posthorn.broker.LocalConsumer",
            "io.posthorn.broker.queue.Consumer",
            "io.posthorn.broker.queue.Getter",
            "io.netty.channel.epoll.EpollSocketChannel");

    private static final String TIMER = "io.netty.util.concurrent.ScheduledFutureTask";

    @TempDir
    private Path directory = Path.of("");

    private final ExecutorService clients = Executors.newFixedThreadPool(8);
    private PosthornProcess posthorn;
    private JvmCensus before;

    @BeforeEach
    void start() throws Exception {
        posthorn = PosthornProcess.start(directory, List.of(), Map.of("POSTHORN_AMQP_HEARTBEAT", "60s"));
        openAndUse(0, 1).close();
        before = JvmCensus.of(posthorn.pid());
    }

    @AfterEach
    void stop() {
        clients.shutdownNow();
        posthorn.close();
    }

    @Test
    void connectionsLeaveNothingBehind() throws Exception {
        List<RawAmqp> open = all(CONNECTIONS, _ -> openAndUse(60, 1));
        JvmCensus during = JvmCensus.of(posthorn.pid());
        assertThat(during.count(THEIRS.getFirst())).isGreaterThanOrEqualTo(CONNECTIONS);
        report("connection", CONNECTIONS, during);
        close(open);
        nothingStays();
    }

    @Test
    void channelsLeaveNothingBehind() throws Exception {
        int connections = (CHANNELS + CHANNELS_EACH - 1) / CHANNELS_EACH;
        List<RawAmqp> open =
                all(connections, i -> openAndUse(0, Math.min(CHANNELS_EACH, CHANNELS - i * CHANNELS_EACH)));
        JvmCensus during = JvmCensus.of(posthorn.pid());
        assertThat(during.count(THEIRS.get(1))).isGreaterThanOrEqualTo(CHANNELS);
        report("channel", CHANNELS, during);
        close(open);
        nothingStays();
    }

    interface Opening {
        RawAmqp open(int number) throws IOException;
    }

    private List<RawAmqp> all(int count, Opening opening) throws Exception {
        List<Callable<RawAmqp>> tasks = IntStream.range(0, count)
                .mapToObj(i -> (Callable<RawAmqp>) () -> opening.open(i))
                .toList();
        return clients.invokeAll(tasks).stream().map(done -> done.resultNow()).toList();
    }

    /// A connection whose channels have each published, asked and consumed.
    private RawAmqp openAndUse(int heartbeat, int channels) throws IOException {
        RawAmqp raw = RawAmqp.withChannel(posthorn.url(), heartbeat, "connection.blocked");
        String queue = "many";
        for (int channel = 1; channel <= channels; channel++) {
            if (channel > 1) {
                raw.openChannel(channel);
            }
            raw.method(
                    channel,
                    50,
                    10,
                    new Arguments().uint16(0).shortString(queue).octet(0b10).uint32(0));
            raw.expect(50, 11);
            raw.publish(channel, queue, hex("0000"), new byte[10]);
            raw.method(
                    channel,
                    60,
                    70,
                    new Arguments().uint16(0).shortString(queue).octet(1));
            raw.expect(60, 71);
        }
        return raw;
    }

    private void close(List<RawAmqp> open) throws IOException {
        for (int i = 0; i < open.size(); i++) {
            // Every other one goes without a word.
            if (i % 2 == 0) {
                open.get(i)
                        .method(
                                0,
                                10,
                                50,
                                new Arguments().uint16(200).shortString("").uint32(0));
                open.get(i).expect(10, 51);
            }
            open.get(i).close();
        }
    }

    private void nothingStays() {
        Amqp.eventually(() -> {
            JvmCensus after = JvmCensus.of(posthorn.pid());
            return THEIRS.stream().allMatch(name -> after.count(name) <= before.count(name))
                    && after.count(TIMER) <= before.count(TIMER)
                    && after.descriptors() <= before.descriptors();
        });
    }

    private void report(String what, int count, JvmCensus during) {
        System.out.printf(
                "%d of them: %d bytes of heap for each %s, %d descriptors%n",
                count, (during.heap() - before.heap()) / count, what, during.descriptors() - before.descriptors());
    }
}

package io.posthorn.verification.conformance.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import io.posthorn.verification.conformance.ChildProcess;
import io.posthorn.verification.conformance.PosthornProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that runs full, and one that fails: nothing confirmed is lost, and what can go on goes on.
class DiskFaultTest {
    private static final String QUEUE = "faulty";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aDiskThatRunsFullStopsPublishersAndNobodyElse() throws Exception {
        LoopFileSystemTest.assumeLoopFileSystems();
        Map<String, String> small =
                Map.of("POSTHORN_LIMITS_FREE_SPACE", "64MiB", "POSTHORN_STORAGE_JOURNAL_SEGMENT", "16MiB");
        try (LoopFileSystem disk = LoopFileSystem.create(directory, 512 << 20);
                PosthornProcess server = PosthornProcess.start(disk.root().resolve("data"), List.of(), small)) {
            try (Connection publisher = connect(server.url());
                    Connection consumer = connect(server.url())) {
                publish(publisher, 0, 100);
                CountDownLatch blocked = new CountDownLatch(1);
                CountDownLatch unblocked = new CountDownLatch(1);
                publisher.addBlockedListener(reason -> blocked.countDown(), unblocked::countDown);

                Path ballast = fill(disk.root(), 40);
                Channel stopped = publisher.createChannel();
                stopped.confirmSelect();
                // It is the next publish that is stopped, not what only consumes.
                for (int n = 0; n < 1_000 && !blocked.await(20, TimeUnit.MILLISECONDS); n++) {
                    stopped.basicPublish("", QUEUE, MessageProperties.MINIMAL_PERSISTENT_BASIC, body(1_000_000));
                }
                assertThat(blocked.getCount()).isZero();
                assertThat(take(consumer, 100)).isEqualTo(bodies(0, 100));
                assertThat(unblocked.getCount()).isEqualTo(1);

                Files.delete(ballast);
                assertThat(unblocked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(stopped.waitForConfirms(PATIENCE.toMillis())).isTrue();
                stopped.queuePurge(QUEUE);
                publish(publisher, 100, 200);
            }
            assertThat(server.stop()).isZero();
            server.restart();
            try (Connection consumer = connect(server.url())) {
                assertThat(take(consumer, 100)).isEqualTo(bodies(100, 200));
            }
        }
    }

    @Test
    void aSyncThatFailsConfirmsNothingAndLosesNothing() throws Exception {
        Path library = compileFaults();
        Path data = directory.resolve("data").toAbsolutePath();
        Path trigger = directory.resolve("fail-syncs").toAbsolutePath();
        Map<String, String> faulty = Map.of(
                "LD_PRELOAD", library.toString(),
                "FAULT_DIR", data.toString(),
                "FAULT_SYNC", trigger.toString());
        try (PosthornProcess server = PosthornProcess.start(data, List.of(), faulty)) {
            try (Connection connection = connect(server.url())) {
                publish(connection, 0, 100);
                Files.createFile(trigger);

                assertThat(isConfirmed(connection, 100)).isFalse();
            }
            // What failed once is not trusted again, though the disk is well now.
            Files.delete(trigger);
            assertThat(isConfirmedByAnother(server.url(), 101)).isFalse();

            server.kill();
            server.restart();
            try (Connection connection = connect(server.url())) {
                assertThat(take(connection, 100)).isEqualTo(bodies(0, 100));
                publish(connection, 102, 103);
            }
        }
    }

    private static boolean isConfirmedByAnother(URI broker, int number) throws Exception {
        try (Connection connection = connect(broker)) {
            return isConfirmed(connection, number);
        } catch (IOException | TimeoutException refused) {
            return false;
        }
    }

    /// Whether a publish is acked; a nack, a close and silence all say that it is not.
    private static boolean isConfirmed(Connection connection, int number) throws InterruptedException {
        try {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            channel.basicPublish("", QUEUE, MessageProperties.MINIMAL_PERSISTENT_BASIC, body(number));
            return channel.waitForConfirms(3_000);
        } catch (IOException | TimeoutException | AlreadyClosedException refused) {
            return false;
        }
    }

    private static Connection connect(URI broker) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.toString());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static byte[] body(int number) {
        return Integer.toString(number).getBytes(UTF_8);
    }

    private static List<String> bodies(int from, int to) {
        List<String> bodies = new ArrayList<>();
        for (int n = from; n < to; n++) {
            bodies.add(Integer.toString(n));
        }
        return bodies;
    }

    private static void publish(Connection connection, int from, int to) throws Exception {
        Channel channel = connection.createChannel();
        channel.queueDeclare(QUEUE, true, false, false, null);
        channel.confirmSelect();
        for (int n = from; n < to; n++) {
            channel.basicPublish("", QUEUE, MessageProperties.MINIMAL_PERSISTENT_BASIC, body(n));
        }
        channel.waitForConfirmsOrDie(PATIENCE.toMillis());
        channel.close();
    }

    private static List<String> take(Connection connection, int count) throws Exception {
        Channel channel = connection.createChannel();
        List<String> taken = new ArrayList<>();
        while (taken.size() < count) {
            GetResponse got = channel.basicGet(QUEUE, false);
            if (got == null) {
                return taken;
            }
            taken.add(new String(got.getBody(), UTF_8));
            channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
        }
        channel.close();
        return taken;
    }

    /// Takes all room but so many MiB.
    private static Path fill(Path root, int left) throws Exception {
        Path ballast = root.resolve("ballast");
        long size = Files.getFileStore(root).getUsableSpace() - ((long) left << 20);
        run("fallocate", "-l", Long.toString(size), ballast.toString());
        return ballast;
    }

    private Path compileFaults() throws Exception {
        Path library = directory.resolve("faultfs.so").toAbsolutePath();
        try {
            run("gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), "src/test/c/faultfs.c", "-ldl");
        } catch (IOException missing) {
            System.err.println("SKIPPED, no sync is made to fail: there is no gcc");
            assumeTrue(false, "no gcc");
        }
        return library;
    }

    private static void run(String... command) throws Exception {
        try (ChildProcess process = ChildProcess.start(command[0], new ProcessBuilder(command))) {
            process.awaitSuccess(PATIENCE);
        }
    }
}

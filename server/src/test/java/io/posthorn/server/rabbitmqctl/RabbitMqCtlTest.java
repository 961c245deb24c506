package io.posthorn.server.rabbitmqctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.server.RestartableServer;
import io.posthorn.server.cli.api.Endpoint;
import io.posthorn.server.cli.api.Json;
import io.posthorn.server.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands of rabbitmqctl against a broker on files, over its control socket.
class RabbitMqCtlTest {
    @TempDir
    private Path directory = Path.of("");

    private @Nullable RestartableServer running;

    /// The port that names the control socket, also while nobody listens there.
    private int port;

    private record Result(int code, String out, String err) {}

    @BeforeEach
    void start() {
        running = RestartableServer.start(ServerConfig.read(
                Map.of(
                        "--data",
                        directory.resolve("data").toString(),
                        "--amqp",
                        "127.0.0.1:0",
                        "--http",
                        "127.0.0.1:0"),
                Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", "1MiB"),
                Optional.empty()));
        port = port();
    }

    @AfterEach
    void stop() {
        server().close();
    }

    /// What RabbitMQ's own said to the same commands in the same order. Lists are compared without their order.
    @Test
    void outputsAndExitCodesAreRabbitMqs() throws Exception {
        for (String line : recorded()) {
            Json recorded = Json.parse(line);
            List<String> arguments =
                    recorded.get("args").elements().stream().map(Json::shown).toList();
            Result said = run(arguments);

            assertThat((long) said.code()).as("%s: %s", arguments, said).isEqualTo(recorded.number("code"));
            assertThat(sorted(said.out())).as(arguments.toString()).isEqualTo(sorted(recorded.text("out")));
            assertThat(said.err()
                            .lines()
                            .filter(text -> !text.isBlank())
                            .limit(2)
                            .toList())
                    .as(arguments.toString())
                    .isEqualTo(recorded.get("err").elements().stream()
                            .map(Json::shown)
                            .toList());
        }
    }

    @Test
    void connectionsAreListedWithTheirPropertiesAndClosedByWhatTheListSays() throws Exception {
        Connection connection = connect("my name");
        try {
            var closed = new CountDownLatch(1);
            connection.addShutdownListener(_ -> closed.countDown());
            String list = run(List.of("list_connections", "-q", "pid", "peer_port", "client_properties"))
                    .out();
            String[] columns = list.lines().toList().get(1).split("\t", -1);

            assertThat(columns[0]).matches("<.+\\.\\d+\\.\\d+\\.\\d+>");
            assertThat(Integer.parseInt(columns[1])).isPositive();
            assertThat(columns[2]).contains("{\"connection_name\",\"my name\"}");
            assertThat(run(List.of("close_connection", columns[0], "enough")).code())
                    .isZero();
            closed.await();
            assertThat(String.valueOf(connection.getCloseReason()))
                    .contains("320")
                    .contains("enough");
        } finally {
            connection.abort();
        }
    }

    @Test
    void aStoppedApplicationForgetsWhatIsNotDurableAndComesBackOnItsPort() throws Exception {
        Connection connection = connect("one");
        try {
            Channel channel = connection.createChannel();
            channel.queueDeclare("durable", true, false, false, Map.of());
            channel.queueDeclare("transient", false, false, false, Map.of());
            var closed = new CountDownLatch(1);
            connection.addShutdownListener(_ -> closed.countDown());
            assertThat(run(List.of("stop_app")).code()).isZero();
            closed.await();
        } finally {
            connection.abort();
        }
        assertThat(run(List.of("list_queues")).code()).isEqualTo(64);
        assertThat(run(List.of("await_startup", "--timeout", "0")).code()).isEqualTo(69);
        assertThat(run(List.of("start_app")).code()).isZero();
        assertThat(run(List.of("await_startup")).code()).isZero();
        assertThat(port()).isEqualTo(port);
        assertThat(run(List.of("-q", "-s", "list_queues", "name")).out()).isEqualTo("durable\n");
    }

    @Test
    void aTinyMarkForMemoryIsAnAlarmAndTheUsualOneEndsIt() {
        assertThat(run(List.of("set_vm_memory_high_watermark", "0.000000001")).code())
                .isZero();
        assertThat(run(List.of("check_alarms")).code()).isEqualTo(69);
        assertThat(run(List.of("set_vm_memory_high_watermark", "0.4")).code()).isZero();
        assertThat(run(List.of("check_alarms")).code()).isZero();
        assertThat(run(List.of("eval", "rabbit_alarm:set_alarm({{resource_limit, disk, node()}, []})."))
                        .out())
                .isEqualTo("ok\n");
        assertThat(run(List.of("alarms")).out()).contains("disk");
        run(List.of("eval", "rabbit_alarm:clear_alarm({resource_limit, disk, node()})."));
        assertThat(run(List.of("check_local_alarms")).code()).isZero();
    }

    @Test
    void nobodyAtHomeIsSixtyNine() {
        var err = new ByteArrayOutputStream();
        int code = RabbitMqCtl.execute(
                List.of("status"), stream(new ByteArrayOutputStream()), stream(err), new Endpoint.Local(1));

        assertThat(code).isEqualTo(69);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("Error: unable to perform an operation on node");
    }

    @Test
    void everyCommandHasHelp() {
        for (String name : Commands.names()) {
            assertThat(run(List.of(name, "--help")).code()).as(name).isZero();
        }
    }

    private static List<String> sorted(String text) {
        // The first object of a list in JSON has no comma before it, whichever that is.
        return text.lines()
                .map(line -> line.startsWith(",") ? line.substring(1) : line)
                .sorted()
                .toList();
    }

    private static List<String> recorded() throws Exception {
        try (InputStream in = RabbitMqCtlTest.class.getResourceAsStream("rabbitmq-3.10.8.jsonl")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private Result run(List<String> arguments) {
        var line = new ArrayList<>(List.of("-n", "clirmq@localhost"));
        line.addAll(arguments);
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        PrintStream to = stream(out);
        int code = RabbitMqCtl.execute(line, to, stream(err), new Endpoint.Local(port));
        to.flush();
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private RestartableServer server() {
        return Objects.requireNonNull(running);
    }

    private int port() {
        return server().server().amqpAddress().orElseThrow().getPort();
    }

    private Connection connect(String name) throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection(name);
    }
}

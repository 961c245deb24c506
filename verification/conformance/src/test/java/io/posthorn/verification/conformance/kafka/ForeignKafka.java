package io.posthorn.verification.conformance.kafka;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.posthorn.verification.conformance.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Kafka clients that are not Kafka's own, each with programs in its folder of `clients/`.
enum ForeignKafka {
    KAFKA_PYTHON,
    KAFKAJS,
    KCAT;

    private static final Path PROGRAMS = Path.of("clients").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// Runs a program to its end.
    ///
    /// @param program the name of a program without its ending; of kcat, its first argument
    /// @return the lines that it has printed
    List<String> run(KafkaServer server, String program, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = builder(server.address(), program, arguments);
        builder.environment().put("AMQP", server.amqp());
        try (ChildProcess process = ChildProcess.start(this + " " + program, builder)) {
            return process.awaitSuccess(PATIENCE);
        }
    }

    /// Starts a program that goes on until it has read something from its input, or is ended.
    ChildProcess start(String address, String program, String... arguments) throws IOException {
        return ChildProcess.start(this + " " + program, builder(address, program, arguments));
    }

    private ProcessBuilder builder(String address, String program, String... arguments) {
        List<String> command = new ArrayList<>(
                switch (this) {
                    case KAFKA_PYTHON ->
                        List.of(
                                "/usr/bin/python3",
                                PROGRAMS.resolve("kafka-python/" + program + ".py")
                                        .toString());
                    case KAFKAJS ->
                        List.of(
                                "node",
                                PROGRAMS.resolve("kafkajs/" + program + ".js").toString());
                    case KCAT -> List.of("kcat", "-b", address, program);
                });
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().put("KAFKA", address);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().put("KAFKAJS_NO_PARTITIONER_WARNING", "1");
        return builder;
    }

    /// Skips the test where the client cannot be had; on CI that is a failure.
    void assumeAvailable() throws InterruptedException {
        boolean available = isAvailable();
        if (!available && "true".equals(System.getenv("CI"))) {
            throw new AssertionError(this + " is missing, and CI must run it: verification/conformance/setup.sh");
        }
        assumeTrue(available, () -> this + " is missing here: verification/conformance/setup.sh says why");
    }

    private boolean isAvailable() throws InterruptedException {
        List<String> probe = switch (this) {
            case KAFKA_PYTHON -> List.of("/usr/bin/python3", "-c", "import kafka");
            case KAFKAJS ->
                List.of(
                        "node",
                        "--input-type=module",
                        "-e",
                        "import '" + PROGRAMS.resolve("kafkajs/node_modules/kafkajs/index.js") + "'");
            case KCAT -> List.of("kcat", "-V");
        };
        try (ChildProcess process = ChildProcess.start(probe.getFirst(), new ProcessBuilder(probe))) {
            return process.awaitExit(Duration.ofMinutes(1)) == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}

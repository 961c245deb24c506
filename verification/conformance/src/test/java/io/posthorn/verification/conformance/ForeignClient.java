package io.posthorn.verification.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.posthorn.verification.conformance.clients.Tutorials;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The clients whose programs we run, each in a process of its own.
enum ForeignClient {
    JAVA,
    PIKA,
    AIO_PIKA,
    AMQPLIB;

    static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Path PROGRAMS = Path.of("clients").toAbsolutePath();

    /// Whether setup.sh has found or made what it is for; it says itself what is missing.
    private static final boolean SET_UP = runs(List.of("./setup.sh", "--local"));

    /// Starts a program of this client: `tutorials`, `features` or `properties`.
    ChildProcess start(String program, String... arguments) throws IOException {
        assumeAvailable();
        List<String> command = new ArrayList<>(command(program));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("AMQP_URL", BrokerUnderTest.url().toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().put("PYTHONUTF8", "1");
        return ChildProcess.start(this + " " + program, builder);
    }

    /// Runs a program to its end. @return the lines it printed
    List<String> run(String program, String... arguments) throws IOException, InterruptedException {
        try (ChildProcess process = start(program, arguments)) {
            return process.awaitSuccess(PATIENCE);
        }
    }

    private List<String> command(String program) {
        return switch (this) {
            case JAVA -> javaCommand(program);
            case PIKA ->
                List.of(
                        "/usr/bin/python3",
                        PROGRAMS.resolve("pika/" + program + ".py").toString());
            case AIO_PIKA ->
                List.of(
                        "/usr/bin/python3",
                        PROGRAMS.resolve("aio-pika/" + program + ".py").toString());
            case AMQPLIB ->
                List.of("node", PROGRAMS.resolve("amqplib/" + program + ".js").toString());
        };
    }

    private static List<String> javaCommand(String program) {
        List<String> command = new ArrayList<>(PosthornProcess.javaCommand());
        command.add(Tutorials.class.getPackageName() + "."
                + program.substring(0, 1).toUpperCase(Locale.ROOT)
                + program.substring(1));
        return command;
    }

    /// Skips the test where the client cannot be had; on CI that is a failure.
    private void assumeAvailable() {
        boolean available = this == JAVA || SET_UP || runs(probe());
        if (!available && "true".equals(System.getenv("CI"))) {
            throw new AssertionError(this + " is missing, and CI must run it: verification/conformance/setup.sh");
        }
        assumeTrue(available, () -> this + " is missing here: verification/conformance/setup.sh says why");
    }

    private List<String> probe() {
        return switch (this) {
            case JAVA -> List.of("true");
            case PIKA -> List.of("/usr/bin/python3", "-c", "import pika");
            case AIO_PIKA -> List.of("/usr/bin/python3", "-c", "import aio_pika");
            case AMQPLIB ->
                List.of(
                        "node",
                        "--input-type=module",
                        "-e",
                        "import '" + PROGRAMS.resolve("amqplib/node_modules/amqplib/channel_api.js") + "'");
        };
    }

    private static boolean runs(List<String> command) {
        try (ChildProcess process = ChildProcess.start(command.getFirst(), new ProcessBuilder(command))) {
            int status = process.awaitExit(Duration.ofMinutes(3));
            process.lines().forEach(System.err::println);
            return status == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

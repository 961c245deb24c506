package io.posthorn.verification.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Programs for the system's python3 that use a framework on top of a client library.
final class Python {
    private static final String PYTHON = "/usr/bin/python3";
    private static final Path PROGRAMS = Path.of("clients").toAbsolutePath();

    private Python() {}

    /// Skips the test where the framework cannot be had; on CI that is a failure.
    static void assumeHas(String framework) throws InterruptedException {
        boolean available = has(framework);
        if (!available && "true".equals(System.getenv("CI"))) {
            throw new AssertionError(framework + " is missing, and CI must run it: verification/conformance/setup.sh");
        }
        assumeTrue(available, () -> framework + " is missing here: verification/conformance/setup.sh installs it");
    }

    private static boolean has(String framework) throws InterruptedException {
        ProcessBuilder probe = new ProcessBuilder(PYTHON, "-c", "import " + framework);
        try (ChildProcess process = ChildProcess.start(framework, probe)) {
            return process.awaitExit(Duration.ofMinutes(1)) == 0;
        } catch (IOException noPython) {
            return false;
        }
    }

    /// @param program as `kombu/features.py`
    static ChildProcess start(String program, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(PYTHON, PROGRAMS.resolve(program).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("AMQP_URL", BrokerUnderTest.url().toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().put("PYTHONUTF8", "1");
        return ChildProcess.start(program, builder);
    }

    /// Runs a program to its end. @return the lines it printed
    static List<String> run(String program, String... arguments) throws IOException, InterruptedException {
        try (ChildProcess process = start(program, arguments)) {
            return process.awaitSuccess(Duration.ofMinutes(2));
        }
    }
}

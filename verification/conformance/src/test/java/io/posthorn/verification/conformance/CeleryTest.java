package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A Celery worker with two processes, and programs that give it tasks.
class CeleryTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String NAME = Amqp.name("celery");
    private static @Nullable ChildProcess worker;

    @BeforeAll
    static void startWorker() throws Exception {
        Python.assumeHas("celery");
        ChildProcess started = Python.start("celery/tasks.py", "worker", NAME);
        worker = started;
        started.awaitLine(line -> line.endsWith("ready."), PATIENCE);
    }

    /// Remote control is how a worker is asked to stop.
    @AfterAll
    static void shutWorkerDown() throws Exception {
        ChildProcess started = worker;
        if (started != null) {
            try (started) {
                run("shutdown");
                assertThat(started.awaitExit(PATIENCE)).isZero();
                assertThat(started.lines()).noneMatch(line -> line.contains("onnection to broker lost"));
            }
            try (Amqp amqp = new Amqp()) {
                amqp.onChannel(channel -> channel.queueDelete(NAME));
            }
        }
    }

    private static List<String> run(String feature) throws Exception {
        return Python.run("celery/tasks.py", feature, NAME);
    }

    @Test
    void tasksAreDoneAndTheirResultsComeBack() throws Exception {
        assertThat(run("result")).containsExactly("sum 5", "sums True");
    }

    @Test
    void aTaskIsTriedAgain() throws Exception {
        assertThat(run("retry")).containsExactly("retries 2");
    }

    @Test
    void aFailureComesBackToo() throws Exception {
        assertThat(run("failure")).containsExactly("failed it never works");
    }

    /// The worker changes its prefetch while it consumes.
    @Test
    void tasksForLaterDoNotHoldUpOthers() throws Exception {
        assertThat(run("eta"))
                .containsExactly(
                        "soon [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]",
                        "before True",
                        "later [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]",
                        "waited True");
    }

    @Test
    void workersAreControlledByBroadcast() throws Exception {
        assertThat(run("control")).containsExactly("pong 1", "listens [False, True]");
        ChildProcess started = Objects.requireNonNull(worker);
        assertThat(started.awaitLine(line -> line.contains("everyone heard"), PATIENCE))
                .isNotEmpty();
    }
}

package io.posthorn.verification.conformance.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.posthorn.verification.conformance.BrokerUnderTest;
import io.posthorn.verification.conformance.differential.Script.Played;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Posthorn beside RabbitMQ. Without settings, against RabbitMQ's recorded answers. With
/// `-Ddifferential.rabbitmq=amqp://...`, or `=start` where rabbitmq-server is installed, also on random sequences of
/// `-Ddifferential.seed`, `-Ddifferential.runs` of them; and `-Ddifferential.record=true` writes RabbitMQ's
/// answers down anew.
@Execution(ExecutionMode.CONCURRENT)
class DifferentialTest {
    static Stream<Arguments> scripts() throws IOException {
        return Scripts.all().stream()
                .flatMap(file -> file.scripts().stream().map(script -> Arguments.of(file.feature(), script)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("scripts")
    void posthornAnswersAsRabbitMqDid(String feature, Script script) throws Exception {
        assumeTrue(!recording(), "recording");
        Played played = script.playTo(BrokerUnderTest.url());
        if (played.differs()) {
            // A line `# pending:` names what Posthorn does not serve yet.
            script.pending().ifPresent(Assumptions::abort);
        }
        assertThat(script.pending()).as("it is served now: remove this line").isEmpty();
        assertThat(Played.text(played.played()))
                .as("%s: %s", feature, script.title())
                .isEqualTo(Played.text(played.expected()));
    }

    @Test
    void everyWantedDifferenceIsFoundInTheRecordings() throws Exception {
        List<String> answers = Scripts.all().stream()
                .flatMap(file -> file.scripts().stream())
                .flatMap(script -> script.steps().stream())
                .flatMap(step -> step.answers().stream())
                .toList();
        assertThat(WantedDifferences.RABBITMQ)
                .allSatisfy(difference -> assertThat(answers)
                        .as(difference.why())
                        .anyMatch(answer -> difference.pattern().matcher(answer).find()));
    }

    /// Records twice, since what RabbitMQ itself does not answer alike is of no use.
    @Test
    void rabbitMqAnswersAlikeTwice() throws Exception {
        assumeTrue(recording(), "-Ddifferential.record=true records");
        try (RabbitMq rabbitMq = RabbitMq.named()) {
            Pattern only = Pattern.compile(System.getProperty("differential.only", ""));
            List<String> unstable = new ArrayList<>();
            for (Scripts file : Scripts.all()) {
                if (only.matcher(file.feature()).find()) {
                    List<Script> first = recorded(file, rabbitMq.url());
                    List<Script> second = recorded(file, rabbitMq.url());
                    file.write(first);
                    for (int i = 0; i < first.size(); i++) {
                        if (!first.get(i).equals(second.get(i))) {
                            unstable.add(first.get(i).text() + "\nand then\n"
                                    + second.get(i).text());
                        }
                    }
                }
            }
            assertThat(unstable).isEmpty();
        }
    }

    /// As many seeds as one likes; the shortest script that shows a difference is what this fails with.
    @Test
    void randomSequencesAreAnsweredAlike() throws Exception {
        assumeTrue(!recording(), "recording");
        URI posthorn = BrokerUnderTest.url();
        try (RabbitMq rabbitMq = RabbitMq.named()) {
            long seed = Long.getLong("differential.seed", System.nanoTime());
            for (long run = 0; run < Integer.getInteger("differential.runs", 20); run++) {
                Script script = RandomScripts.of(seed + run).answeredBy(rabbitMq.url());
                if (script.playTo(posthorn).differs()) {
                    Played shortest = RandomScripts.shrunk(script, rabbitMq.url(), posthorn)
                            .playTo(posthorn);
                    assertThat(Played.text(shortest.played()))
                            .as("seed %d", seed + run)
                            .isEqualTo(Played.text(shortest.expected()));
                }
            }
        }
    }

    private static List<Script> recorded(Scripts file, URI rabbitMq) throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Script>> recordings = new ArrayList<>();
            for (Script script : file.scripts()) {
                recordings.add(() -> script.answeredBy(rabbitMq));
            }
            List<Script> recorded = new ArrayList<>();
            for (Future<Script> recording : threads.invokeAll(recordings)) {
                recorded.add(recording.get());
            }
            return recorded;
        }
    }

    private static boolean recording() {
        return Boolean.getBoolean("differential.record");
    }
}

package io.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The first minute, with real processes.
class ServingTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void linesGoInAndComeOutAlsoAfterARestart() throws Exception {
        try (var server = Running.start("--data", data())) {
            assertThat(run("a\nb\n", "publish", "hello", "-", "--url", server.url()))
                    .isEqualTo(new Result(0, "Published 2 messages to 'hello'.\n"));
            assertThat(run("", "queue", "ls", "--url", server.url()).output()).containsPattern("hello +2 ");
            assertThat(server.stop()).isZero();
        }
        try (var server = Running.start("--data", data())) {
            assertThat(run("", "consume", "hello", "--url", server.url())).isEqualTo(new Result(0, "a\nb\n"));
            assertThat(run("", "queue", "delete", "hello", "--url", server.url())
                            .code())
                    .isZero();
            assertThat(run("", "consume", "hello", "--url", server.url()).code())
                    .isEqualTo(4);
        }
    }

    @Test
    void whatWasPublishedSurvivesAKill() throws Exception {
        try (var server = Running.start("--data", data())) {
            run("", "publish", "hello", "a message", "--url", server.url());
            server.kill();
        }
        try (var server = Running.start("--data", data())) {
            assertThat(run("", "consume", "hello", "--url", server.url()).output())
                    .isEqualTo("a message\n");
        }
    }

    @Test
    void followingEndsAfterTheCount() throws Exception {
        try (var server = Running.start("--memory")) {
            assertThat(run("", "queue", "declare", "hello", "--url", server.url())
                            .code())
                    .isZero();
            Process consumer = launch("consume", "hello", "--follow", "--count", "2", "--url", server.url());
            run("1\n2\n3\n", "publish", "hello", "-", "--url", server.url());

            assertThat(consumer.inputReader().lines()).containsExactly("1", "2");
            assertThat(consumer.waitFor()).isZero();
            assertThat(run("", "consume", "hello", "--url", server.url()).output())
                    .isEqualTo("3\n");
        }
    }

    @Test
    void whatCannotStartSaysWhyWithoutATrace() throws Exception {
        try (var server = Running.start("--data", data())) {
            Result second = run("", "serve", "--data", data(), "--amqp", "127.0.0.1:0", "--kafka", "off");
            Result taken = run("", "serve", "--memory", "--amqp", "127.0.0.1:" + server.port());
            Result open = run("", "serve", "--memory", "--amqp", "0.0.0.0:0", "--kafka", "off");

            assertThat(List.of(second.code(), taken.code(), open.code())).containsExactly(1, 1, 1);
        }
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private record Result(int code, String output) {}

    private static Result run(String input, String... command) throws Exception {
        Process process = launch(command);
        try (Writer in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8)) {
            in.write(input);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private static Process launch(String... command) throws IOException {
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
        var builder = new ProcessBuilder(
                Stream.concat(java.stream(), Arrays.stream(command)).toList());
        builder.environment().put("POSTHORN_STORAGE_JOURNAL_SEGMENT", "1MiB");
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /// A server on a free port, which it has printed.
    private record Running(Process process, BufferedReader output, int port) implements AutoCloseable {
        static Running start(String... flags) throws IOException {
            var command = new ArrayList<>(List.of("serve", "--amqp", "127.0.0.1:0", "--kafka", "off"));
            command.addAll(List.of(flags));
            Process process = launch(command.toArray(String[]::new));
            BufferedReader output = process.inputReader();
            int port = 0;
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.contains("amqp://") && port == 0) {
                    port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
                }
                if (line.contains("ready")) {
                    return new Running(process, output, port);
                }
            }
            throw new IOException("the server did not start");
        }

        String url() {
            return "amqp://guest:guest@127.0.0.1:" + port;
        }

        /// SIGTERM.
        int stop() throws InterruptedException {
            process.destroy();
            return process.waitFor();
        }

        /// SIGKILL.
        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}

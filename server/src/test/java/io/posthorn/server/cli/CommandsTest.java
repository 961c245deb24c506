package io.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.server.RestartableServer;
import io.posthorn.server.cli.Shell.Result;
import io.posthorn.server.cli.api.Json;
import io.posthorn.server.config.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// Commands against a broker, over its control socket.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsTest {
    private final RestartableServer server = RestartableServer.start(ServerConfig.inMemory());
    private final Shell shell = new Shell("amqp://127.0.0.1:" + port());

    @BeforeAll
    void isReached() {
        assertThat(shell.run("check", "ready").code()).isZero();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void queuesAreMadeListedEmptiedAndDeleted() {
        assertThat(shell.run("queue", "declare", "a", "--argument", "x-max-length=5")
                        .out())
                .isEqualTo("Made the durable queue 'a'.\n");
        assertThat(shell.run("queue", "declare", "a", "--argument", "x-max-length=5")
                        .out())
                .isEqualTo("The durable queue 'a' is there.\n");
        assertThat(shell.run("queue", "declare", "a", "--transient").code()).isEqualTo(1);
        assertThat(shell.run("message", "publish", "amq.default", "a", "hello").out())
                .isEqualTo("Published, and safe.\n");
        assertThat(json("queue", "ls").elements().getFirst().number("messages_ready"))
                .isEqualTo(1);
        assertThat(shell.run("queue", "ls").out()).contains("QUEUE").contains("durable");
        assertThat(shell.run("queue", "info", "a").out()).contains("x-max-length");
        assertThat(shell.run("queue", "peek", "a").out()).contains("hello");
        assertThat(shell.run("message", "get", "a").out()).contains("hello");
        shell.run("message", "publish", "amq.default", "a", "hello");
        assertThat(shell.run("queue", "delete", "a", "--if-empty").code()).isEqualTo(1);
        assertThat(shell.run("queue", "purge", "a").out()).isEqualTo("Purged 'a', which had 1 message.\n");
        assertThat(shell.run("queue", "delete", "a").out()).isEqualTo("Deleted 'a' and 0 messages in it.\n");
        assertThat(shell.run("queue", "delete", "a").code()).isEqualTo(4);
        assertThat(shell.run("queue", "info", "a").code()).isEqualTo(4);
        assertThat(shell.run("queue", "purge", "a").code()).isEqualTo(4);
    }

    @Test
    void exchangesAndBindingsComeAndGo() {
        shell.run("queue", "declare", "bound");
        assertThat(shell.run("exchange", "declare", "logs", "--type", "topic").code())
                .isZero();
        assertThat(shell.run("binding", "add", "logs", "bound", "--key", "a.#", "--argument", "n=1")
                        .code())
                .isZero();
        assertThat(shell.run("binding", "ls", "--from", "logs").out())
                .contains("a.#")
                .contains("{\"n\":1}");
        assertThat(shell.run("message", "publish", "logs", "b", "x").code()).isEqualTo(1);
        assertThat(shell.run("binding", "delete", "logs", "bound", "--key", "b").code())
                .isEqualTo(4);
        assertThat(shell.run("binding", "delete", "logs", "bound", "--key", "a.#", "--argument", "n=1")
                        .code())
                .isZero();
        assertThat(shell.run("exchange", "ls").out()).contains("logs").contains("amq.topic");
        assertThat(shell.run("exchange", "delete", "logs").code()).isZero();
        assertThat(shell.run("exchange", "delete", "logs").code()).isEqualTo(4);
    }

    @Test
    void aUserIsMadeWithAPasswordFromStandardInput() {
        Result made = shell.with("secret\n", "user", "add", "ops", "--administrator");

        assertThat(made.out()).isEqualTo("Made the user 'ops' with the tags administrator.\n");
        assertThat(shell.run("user", "ls").out()).contains("ops").contains("administrator");
        assertThat(shell.run("user", "permissions", "ops").out()).contains(".*");
        assertThat(shell.with("x\n", "user", "add", "ops").code()).isEqualTo(1);
        assertThat(shell.with("\n", "user", "add", "nobody").code()).isEqualTo(2);
        assertThat(shell.run("user", "tags", "ops", "monitoring").code()).isZero();
        assertThat(shell.with("other\n", "user", "passwd", "ops").code()).isZero();
        assertThat(shell.run("user", "permissions", "ops", "^a", "^b").code()).isEqualTo(2);
        assertThat(shell.run("user", "permissions", "ops", "^a", "^b", "^c").code())
                .isZero();
        assertThat(json("user", "permissions", "ops").elements().getFirst().text("write"))
                .isEqualTo("^b");
        assertThat(shell.run("user", "limits", "ops", "max-channels", "5").code())
                .isZero();
        assertThat(shell.run("user", "limits", "ops").out())
                .contains("max-channels")
                .contains("5");
        assertThat(shell.run("user", "limits", "ops", "max-channels", "none").code())
                .isZero();
        assertThat(shell.run("user", "delete", "ops").code()).isZero();
        assertThat(shell.run("user", "delete", "ops").code()).isEqualTo(4);
    }

    @Test
    void virtualHostsAndPoliciesComeAndGo() {
        assertThat(shell.run("vhost", "add", "east", "--description", "a test").code())
                .isZero();
        assertThat(shell.run("vhost", "ls").out()).contains("east").contains("a test");
        assertThat(shell.run("vhost", "limits", "east", "max-queues", "1").code())
                .isZero();
        assertThat(shell.run("policy", "set", "short", "^s", "{\"max-length\":3}", "--vhost", "east")
                        .code())
                .isZero();
        assertThat(shell.run("policy", "set", "bad", "^s", "no json", "--vhost", "east")
                        .code())
                .isEqualTo(2);
        assertThat(shell.run("policy", "ls", "--vhost", "east").out()).contains("{\"max-length\":3}");
        assertThat(shell.run("policy", "delete", "short", "--vhost", "east").code())
                .isZero();
        assertThat(shell.run("policy", "delete", "short", "--vhost", "east").code())
                .isEqualTo(4);
        shell.run("queue", "declare", "q", "--vhost", "east");
        assertThat(shell.run("vhost", "delete", "east").code()).isEqualTo(1);
        assertThat(shell.run("vhost", "delete", "east", "--yes").code()).isZero();
        assertThat(shell.run("vhost", "delete", "east").code()).isEqualTo(4);
    }

    @Test
    void definitionsGoOutAndComeBack(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("definitions.json");
        shell.run("queue", "declare", "kept");
        assertThat(shell.run("definitions", "export", file.toString()).code()).isZero();
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(shell.run("definitions", "import", file.toString(), "--dry-run")
                        .code())
                .isZero();
        shell.run("queue", "delete", "kept");
        Result difference = shell.run("definitions", "import", file.toString(), "--dry-run");
        assertThat(difference.code()).isEqualTo(3);
        assertThat(difference.out()).contains("kept");
        assertThat(shell.run("definitions", "import", file.toString()).code()).isZero();
        assertThat(shell.run("queue", "info", "kept").code()).isZero();
        Files.writeString(file, "no json");
        assertThat(shell.run("definitions", "import", file.toString()).code()).isEqualTo(2);
    }

    @Test
    void messagesAreExportedAndImportedWithTheirTypes(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("messages.ndjson");
        shell.run("queue", "declare", "from");
        shell.run("queue", "declare", "to");
        shell.run("message", "publish", "amq.default", "from", "one", "--header", "n=5", "--property", "type=t");
        shell.with("b\u00e4 \n", "message", "publish", "amq.default", "from");

        assertThat(shell.run("message", "export", "from", file.toString()).code())
                .isZero();
        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(json("queue", "info", "from").number("messages")).isEqualTo(2);
        assertThat(shell.run("message", "import", file.toString(), "--to-queue", "to")
                        .out())
                .isEqualTo("Imported 2 messages.\n");
        Path again = directory.resolve("again.ndjson");
        assertThat(shell.run("message", "export", "to", again.toString()).code())
                .isZero();
        for (int i = 0; i < 2; i++) {
            Json before = Json.parse(Files.readAllLines(file).get(i));
            Json after = Json.parse(Files.readAllLines(again).get(i));
            assertThat(after.get("properties")).isEqualTo(before.get("properties"));
            assertThat(after.get("payload")).isEqualTo(before.get("payload"));
        }
        Files.writeString(file, "{\"routing_key\":\"to\"}\nno json\n");
        assertThat(shell.run("message", "import", file.toString()).code()).isEqualTo(1);
    }

    @Test
    void checksEndWithThreeWhenSomethingIsNotAsItShouldBe() {
        shell.run("queue", "declare", "checked");
        assertThat(shell.run("check", "alarms").out()).isEqualTo("ok\n");
        assertThat(shell.run("check", "port", "1").code()).isEqualTo(3);
        assertThat(shell.run("check", "port", String.valueOf(port())).code()).isZero();
        assertThat(shell.run("check", "queue", "checked").code()).isZero();
        assertThat(shell.run("check", "queue", "checked", "--min-consumers", "1")
                        .code())
                .isEqualTo(3);
        assertThat(shell.run("check", "queue", "none").code()).isEqualTo(3);
    }

    @Test
    void aPausedQueueSaysSo() {
        shell.run("queue", "declare", "held");
        assertThat(shell.run("queue", "pause", "held", "--reason", "a test").code())
                .isZero();
        assertThat(shell.run("queue", "resume", "held").code()).isZero();
        assertThat(shell.run("queue", "pause", "none").code()).isEqualTo(4);
    }

    @Test
    void statusTopAndListsAreForPeopleAndForPrograms() {
        for (List<String> command : List.of(
                List.of("status"),
                List.of("top"),
                List.of("connection", "ls"),
                List.of("channel", "ls"),
                List.of("consumer", "ls"))) {
            assertThat(shell.run(command.toArray(String[]::new)).code())
                    .as(command.toString())
                    .isZero();
            assertThat(json(command.toArray(String[]::new)))
                    .as(command.toString())
                    .isNotEqualTo(Json.NULL);
        }
    }

    @Test
    void namesThatATerminalWouldObeyAreShownAsTheyAreWritten() {
        for (String name : List.of("a\u001b[31mred", "../..", "ä/%2F?&=", "\u202eturned", "..")) {
            assertThat(shell.run("queue", "declare", name).code()).as(name).isZero();
            assertThat(shell.run("queue", "info", name).code()).as(name).isZero();
            assertThat(shell.run("queue", "ls").out())
                    .as(name)
                    .doesNotContain("\u001b")
                    .doesNotContain("\u202e");
            assertThat(shell.run("queue", "delete", name).code()).as(name).isZero();
        }
    }

    /// Names that would be something else to a shell, a path, a header or a terminal.
    private static final List<String> HOSTILE = List.of(
            "../../etc",
            "a\u0000b",
            "a\r\nX: y",
            "<b>&amp;",
            "\u001b[31mred",
            "%2F%00",
            "\ud83d\ude00",
            "x".repeat(255));

    @Test
    void everyCommandTakesAnyNameAndShowsNoneThatATerminalWouldObey() {
        CommandTree.leaves(new CommandLine(CommandTree.whole()).getCommandSpec())
                .filter(CommandsTest::takesNames)
                .forEach(command -> HOSTILE.forEach(hostile -> takes(command, hostile)));
        assertThat(shell.run("check", "ready").code()).isZero();
    }

    private static boolean takesNames(CommandSpec command) {
        return !command.positionalParameters().isEmpty()
                && !command.name().equals("completion")
                && command.positionalParameters().stream()
                        .noneMatch(word -> word.paramLabel().contains("FILE"));
    }

    private void takes(CommandSpec command, String hostile) {
        String name = command.qualifiedName().replace("./posthorn ", "");
        List<String> line = new java.util.ArrayList<>(List.of(name.split(" ")));
        // Bodies are shown as they are, for whatever stands behind the pipe.
        command.positionalParameters()
                .forEach(word -> line.add(word.paramLabel().equals("BODY") ? "body" : hostile));
        Result result = shell.with("\n", line.toArray(String[]::new));
        assertThat(result.code()).as("%s %s: %s", name, hostile, result.err()).isBetween(0, 5);
        assertThat(result.out() + result.err())
                .as("%s %s", name, hostile)
                .doesNotContain("\u001b", "\u0000", "\r", "Exception", "\tat ");
    }

    private int port() {
        return server.server().amqpAddress().orElseThrow().getPort();
    }

    private Json json(String... words) {
        List<String> line = new java.util.ArrayList<>(List.of(words));
        line.addAll(List.of("--format", "json"));
        return Json.parse(shell.run(line.toArray(String[]::new)).out());
    }
}

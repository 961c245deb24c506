package io.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CliTest {
    @Test
    void optionsStandBeforeOrBehindWordsWithASpaceOrAnEqualsSign() {
        for (String line : List.of("q --count 3 --follow", "--follow --count=3 q", "--count 5 --count 3 q --follow")) {
            var given = read(line.split(" ", -1));

            assertThat(given.word(0)).isEqualTo("q");
            assertThat(given.number("--count")).contains(3L);
            assertThat(given.has("--follow")).isTrue();
        }
    }

    @Test
    void behindTwoDashesAllIsWords() {
        assertThat(read("--", "--follow").word(0)).isEqualTo("--follow");
    }

    @Test
    void aMisspeltWordIsRefusedWithTheNearestOne() {
        assertThat(wrong("consume q --folow")).isEqualTo("there is no option '--folow'. Did you mean '--follow'?");
        assertThat(wrong("consme q")).startsWith("there is no command 'consme'. Did you mean 'consume'");
        assertThat(wrong("queue purg q")).startsWith("there is no command 'queue purg'. Did you mean 'purge'");
    }

    @Test
    void whatIsMissingOrTooMuchIsNamed() {
        assertThat(wrong("consume")).isEqualTo("QUEUE is missing: the queue's name.");
        assertThat(wrong("consume a b")).isEqualTo("'b' is one word too many.");
        assertThat(wrong("consume q --count")).isEqualTo("--count needs a value: N.");
        assertThat(wrong("consume q --follow=1")).contains("'--follow'").contains("'1'");
        for (String number : List.of("-1", "x", "", "1e3", "9223372036854775808")) {
            assertThat(wrong("consume q --count=" + number))
                    .isEqualTo("--count takes a number of 0 or more, not '%s'.".formatted(number));
        }
        assertThat(wrong("queue ls --format xml")).isEqualTo("--format is one of table, json, not 'xml'.");
        assertThat(wrong("completion csh")).isEqualTo("SHELL is one of bash, zsh, fish, not 'csh'.");
    }

    @Test
    void aWordMayBeANumberBelowZero() {
        assertThat(new Given(Cli.read(List.of("vhost", "limits", "/", "max-queues", "-1"))).words())
                .containsExactly("/", "max-queues", "-1");
    }

    @Test
    void theExitCodeSaysWhatKindOfFailureItWas() {
        assertThat(Cli.execute()).isZero();
        assertThat(Cli.execute("publish", "--help")).isZero();
        assertThat(Cli.execute("queue")).isZero();
        assertThat(Cli.execute("publsh")).isEqualTo(2);
        assertThat(Cli.execute("queue", "lss")).isEqualTo(2);
        assertThat(Cli.execute("publish")).isEqualTo(2);
        assertThat(Cli.execute("queue", "pause", "--reason", "why not")).isEqualTo(2);
        assertThat(Cli.execute("queue", "ls", "--format", "xml")).isEqualTo(2);
        assertThat(Cli.execute("consume", "q", "--url", "no url")).isEqualTo(1);
        for (String command : List.of("consume q", "queue ls", "queue pause q", "user ls", "check ready")) {
            var line = new ArrayList<>(List.of(command.split(" ", -1)));
            line.addAll(List.of("--url", "amqp://127.0.0.1:1"));
            assertThat(Cli.execute(line.toArray(String[]::new))).as(command).isEqualTo(6);
        }
    }

    @Test
    void everyCommandIsFoundByItsNameAndHasHelp() {
        CommandTree.leaves(new CommandLine(CommandTree.whole()).getCommandSpec())
                .forEach(command -> {
                    String name = command.qualifiedName().replace("./posthorn ", "");
                    assertThat(Shell.here((name + " --help").split(" ", -1)).out())
                            .startsWith("Usage: ./posthorn " + name)
                            .doesNotContain("%%")
                            .contains("--help");
                    assertThat(command.usageMessage().description()[0]).as(name).endsWith(".");
                });
    }

    @Test
    void helpIsAWordTooAndKnowsEveryCommand() {
        assertThat(Shell.here("help", "queue", "ls")).isEqualTo(Shell.here("queue", "ls", "--help"));
        assertThat(Shell.here("help")).isEqualTo(Shell.here());
        assertThat(Shell.here("version")).isEqualTo(Shell.here("--version"));
        assertThat(Shell.here().out())
                .contains(CommandTree.ENTRIES.stream()
                        .map(CommandTree.Entry::summary)
                        .toList());
    }

    @Test
    void whatAUserWritesIsNeverAFormatAVariableOrAFile() {
        for (String hostile : List.of("@/etc/passwd", "%s%n", "${env:HOME}", "@|red x|@", "../..", "'\"")) {
            assertThat(read(hostile).word(0)).isEqualTo(hostile);
            assertThat(Shell.here("consume", hostile, hostile).err())
                    .startsWith("posthorn: '" + hostile + "' is one word too many.\n");
        }
    }

    private static Given read(String... line) {
        var words = new ArrayList<>(List.of("consume"));
        words.addAll(List.of(line));
        return new Given(Cli.read(words));
    }

    /// What is said of a command line.
    private static String wrong(String line) {
        Shell.Result said = Shell.here(line.split(" ", -1));
        assertThat(said.code()).as(line).isEqualTo(2);
        return said.err().lines().findFirst().orElse("").replace("posthorn: ", "");
    }
}

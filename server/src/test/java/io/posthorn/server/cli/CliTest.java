package io.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CliTest {
    @Test
    void optionsStandBeforeOrBehindWordsWithASpaceOrAnEqualsSign() {
        for (String line : List.of("q --count 3 --follow", "--follow --count=3 q")) {
            var given = read(line);

            assertThat(given.word(0)).isEqualTo("q");
            assertThat(given.number("--count")).contains(3L);
            assertThat(given.has("--follow")).isTrue();
        }
    }

    @Test
    void behindTwoDashesAllIsWords() {
        assertThat(read("-- --follow").word(0)).isEqualTo("--follow");
    }

    @Test
    void aMisspeltOptionIsRefusedWithTheNearestOne() {
        assertThatThrownBy(() -> read("q --folow"))
                .isInstanceOf(UsageFailure.class)
                .hasMessage("there is no option '--folow'. Did you mean '--follow'?");
    }

    @Test
    void whatIsMissingOrTooMuchIsNamed() {
        assertThatThrownBy(() -> read("")).hasMessageContaining("QUEUE is missing");
        assertThatThrownBy(() -> read("a b")).hasMessageContaining("'b' is one word too many");
        assertThatThrownBy(() -> read("q --count")).hasMessageContaining("--count needs a value");
        assertThatThrownBy(() -> read("q --follow=1")).hasMessageContaining("--follow takes no value");
        assertThatThrownBy(() -> read("q --count -1").number("--count")).hasMessageContaining("0 or more");
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
        for (Command command : CommandTree.all()) {
            var line = new ArrayList<>(List.of(command.name().split(" ", -1)));
            line.add("--help");
            assertThat(Cli.execute(line.toArray(String[]::new)))
                    .as(command.name())
                    .isZero();
            assertThat(command.summary()).as(command.name()).endsWith(".");
        }
    }

    private static Arguments read(String line) {
        return Arguments.read(ConsumeCommand.COMMAND, line.isEmpty() ? List.of() : List.of(line.split(" ", -1)));
    }
}

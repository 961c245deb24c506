package io.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;

/// The reference of all commands in `docs/cli.md` is printed from the commands themselves. What stands above it is
/// written by hand. `-Dposthorn.docs=write` writes it anew.
class CliReferenceTest {
    private static final String HEADING = "## All commands\n";

    @Test
    void theDocumentedCommandsAreThoseThereAre() throws IOException {
        Path page = Path.of("..", "docs", "cli.md");
        String text = Files.readString(page);
        String byHand = text.substring(0, text.indexOf(HEADING));
        String whole = byHand + HEADING + "\n" + reference();
        if ("write".equals(System.getProperty("posthorn.docs"))) {
            Files.writeString(page, whole);
        }
        assertThat(Files.readString(page))
                .as("docs/cli.md is not up to date: mvn -pl server test -Dtest=CliReferenceTest -Dposthorn.docs=write")
                .isEqualTo(whole);
    }

    @Test
    void everyExitCodeIsDocumented() throws IOException {
        String text = Files.readString(Path.of("..", "docs", "cli.md"));

        assertThat(text)
                .contains(Arrays.stream(ExitCode.values())
                        .map(code -> "| %d | %s |".formatted(code.number(), code.meaning()))
                        .collect(Collectors.joining("\n")));
    }

    private static String reference() {
        CommandSpec root = new CommandLine(CommandTree.whole()).getCommandSpec();
        return CommandTree.subcommands(root)
                .map(command -> "### %s\n\n%s: %s.\n\n%s"
                        .formatted(
                                command.name(),
                                command.name(),
                                summary(command.name()),
                                CommandTree.leaves(command)
                                        .map(CliReferenceTest::usage)
                                        .collect(Collectors.joining("\n"))))
                .collect(Collectors.joining("\n"));
    }

    private static String summary(String name) {
        return CommandTree.ENTRIES.stream()
                .filter(entry -> entry.name().equals(name))
                .map(CommandTree.Entry::summary)
                .collect(Collectors.joining());
    }

    private static String usage(CommandSpec command) {
        return "```\n" + command.commandLine().getUsageMessage(Help.Ansi.OFF).stripTrailing() + "\n```\n";
    }
}
